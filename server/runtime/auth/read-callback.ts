import { createHmac, timingSafeEqual } from "node:crypto";
import { groupsOf } from "./answers";
import { inOrder } from "./encoding";
import type { OAuth2Code } from "./schema";

type Texts = Record<string, string>;
type Callback = OAuth2Code["callback"];

/** Whether the parameters carry the third party's own signature over all the others (the client secret is the key). */
function signedRight(hmac: NonNullable<Callback["hmac"]>, params: Texts, secret: string): boolean {
  const { [hmac.param]: given = "", ...rest } = params;
  const text = Object.entries(rest)
    .filter(([name]) => !hmac.without.includes(name))
    .sort((a, b) => inOrder(a[0], b[0]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const expected = createHmac(hmac.algorithm, secret).update(text).digest();
  const got = Buffer.from(given, hmac.encoding);
  return got.length === expected.length && timingSafeEqual(got, expected);
}

/**
 * What a browser brought back, beside the code: values that become config. `known` are those of the connect form; a parameter
 * that contradicts one of them is somebody else's. A text = why the callback is refused.
 */
export function readCallback(
  callback: Callback,
  params: Texts,
  known: Texts,
  clientSecret: string | null,
): { config: Texts } | { refused: string } {
  if (callback.hmac && !signedRight(callback.hmac, params, clientSecret ?? ""))
    return { refused: "The sign-in came back without the third party's signature, or with a wrong one." };
  const config: Texts = {};
  for (const [key, { param, pattern, required }] of Object.entries(callback.config)) {
    const value = params[param];
    if (value === undefined) {
      if (required) return { refused: `The sign-in came back without "${param}".` };
      continue;
    }
    const groups = value.length > 2_000 ? null : groupsOf(pattern, value);
    if (groups === null) return { refused: `The sign-in came back with a "${param}" that its connector does not allow.` };
    // A group of the parameter's own name is the value meant; the whole is kept where there is none.
    Object.assign(config, { [key]: value, ...groups });
  }
  const foreign = Object.entries(config).find(
    ([key, value]) => known[key] !== undefined && known[key].toLowerCase() !== value.toLowerCase(),
  );
  return foreign ? { refused: `The sign-in came back for another "${foreign[0]}" than was entered.` } : { config };
}
