import { createHmac, timingSafeEqual } from "node:crypto";
import { groupsOf, partsOf } from "./answers";
import { inOrder } from "./encoding";
import type { ConnectFieldSpec } from "./parts";
import { publicGroups } from "./pattern-parts";
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

/** How old a signed address may be, and how far clocks may be apart. */
const FRESH_MS = 10 * 60_000;

/**
 * What a third party's own store sends a browser with to begin an installation: the values that the consent page's address needs. Where the
 * connector's callbacks are signed, so is this, with a `timestamp` in seconds. A text = why it is refused.
 */
export function readInstall(
  method: OAuth2Code,
  params: Texts,
  clientSecret: string | null,
  now: Date,
): { config: Texts } | { refused: string } {
  if (method.callback.hmac && !isFresh(params, now)) return { refused: "The install link has no fresh timestamp." };
  // What is certain only after the consent need not be here.
  const config = Object.fromEntries(Object.entries(method.callback.config).map(([key, spec]) => [key, { ...spec, required: false }]));
  const read = readCallback({ ...method.callback, config }, params, {}, clientSecret);
  if ("refused" in read) return read;
  const told = method.fields.map((field) => toldOf(field, params));
  const known: Texts = Object.assign({}, read.config, ...told);
  const missing = method.fields.find((field) => field.required && !isKnown(field, known));
  return missing ? { refused: `The install link came without "${missing.key}".` } : { config: known };
}

function isFresh({ timestamp = "" }: Texts, now: Date): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(now.getTime() - Number(timestamp) * 1_000) <= FRESH_MS;
}

/** What a question before the consent is answered with by the link itself; never a secret. */
function toldOf(field: ConnectFieldSpec, params: Texts): Texts {
  const answer = params[field.key];
  const fits = answer !== undefined && !field.secret && answer.length <= 2_000 && !/\p{Cc}/u.test(answer);
  return (fits && partsOf(field, answer)) || {};
}

/** Answered, or all that its answer would come to is known in another way. */
function isKnown(field: ConnectFieldSpec, known: Texts): boolean {
  const groups = field.pattern === undefined ? [] : [...publicGroups(field.pattern)];
  return known[field.key] !== undefined || (groups.length > 0 && groups.every((name) => known[name] !== undefined));
}
