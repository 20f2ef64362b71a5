import { isSession } from "#server/runtime/auth/acquire";
import { readCallback } from "#server/runtime/auth/read-callback";
import type { OAuth2Code } from "#server/runtime/auth/schema";
import type { Manifest } from "#server/runtime/manifest";
import { callbackParams } from "#server/simulator/from-manifest/account";
import { isRefused, renews, revokes, signsIn } from "./answer-proofs";
import type { Bench } from "./bench";
import { must } from "./reading";
import type { Said } from "./webhook-claims";

type Method = Manifest["auth"][string];
const codeOf = ({ party }: Bench): OAuth2Code => party.account.method as OAuth2Code;

/** What was learnt of the account is what the account is. */
function knows({ config, secret, party }: Bench, names: readonly string[]): void {
  const { values } = party.account;
  const sealed = secret();
  const kept: Readonly<Record<string, string>> =
    sealed.type === "oauth2" ? (sealed.extra ?? {}) : { ...(sealed.type === "session" ? sealed.token : {}), ...sealed.values };
  const wrong = names.find((name) => (config[name] ?? kept[name]) !== values[name]);
  must(wrong === undefined, `"${wrong}" is taken for "${config[wrong ?? ""]}" and is "${values[wrong ?? ""]}"`);
}

/** The token in use is the one that the first one was exchanged for. */
async function exchanges(bench: Bench): Promise<void> {
  const { exchange } = codeOf(bench);
  const { token } = bench.party.account;
  const path = new URL((exchange?.url ?? "https://none/").replace(/[{}]/g, "")).pathname;
  const asked = bench.party.heard.filter((one) => one.role === "desk" && one.method === exchange?.method && one.url.pathname === path);
  must(asked.length > 0 && token.made === 3, `${token.made - 1} tokens were given, ${asked.length} at the address of the exchange`);
  await signsIn(bench);
}

/** A callback without its signature, or with another parameter than was signed, is refused. */
async function seesForgery({ party }: Bench): Promise<void> {
  const { account } = party;
  const { callback, fields } = account.method as OAuth2Code;
  const { hmac } = callback;
  must(hmac !== undefined, "nothing is declared");
  const params = callbackParams(account);
  const known = Object.fromEntries(fields.map(({ key }) => [key, account.values[key] ?? ""]));
  const read = (given: Record<string, string>) => readCallback(callback, given, known, account.app.clientSecret);
  must(!("refused" in read(params)), "a right callback was refused");
  const { [hmac.param]: _, ...unsigned } = params;
  for (const forged of [unsigned, { ...params, [callback.code]: "another" }, { ...params, [hmac.param]: "00" }])
    must("refused" in read(forged), "a callback that was not signed so was taken");
}

/** What the browser brings along is kept; without it nobody knows which account it is. */
async function readsCallback(bench: Bench): Promise<void> {
  const { callback } = codeOf(bench);
  knows(bench, Object.keys(callback.config));
  for (const { param, required } of Object.values(callback.config)) {
    const { [param]: _, ...rest } = callbackParams(bench.party.account);
    const unsigned = { ...callback, hmac: undefined };
    if (required) must("refused" in readCallback(unsigned, rest, {}, null), `a callback without "${param}" was taken`);
  }
}

/** A credential that still holds is renewed when somebody wants it to be, and the new one is taken. */
async function renewsUnasked(bench: Bench): Promise<void> {
  const { token } = bench.party.account;
  const before = token.access;
  await bench.grants.renew(1);
  must(token.access !== before, "nobody asked for another token");
  await signsIn(bench);
}

/** What further parts of a way of signing in show. */
function deeperProofs(key: string, method: Method, asked: boolean): Said[] {
  if (method.type === "oauth1") {
    const names = Object.keys(method.config);
    const title = `${method.title}: what the token tells of the account is kept`;
    return [{ claim: `auth.${key}.config`, title, claimed: names.length > 0, run: async (bench) => knows(bench, names) }];
  }
  const told = "token" in method ? Object.keys(method.token.config) : [];
  const config: Said = {
    claim: `auth.${key}.token.config`,
    title: `${method.title}: what the token's answer tells is kept`,
    claimed: told.length > 0,
    run: async (bench) => {
      // Of a session it stands beside the token.
      if (codeOf(bench).type === "oauth2_code") knows(bench, told);
      else await signsIn(bench);
    },
  };
  if (method.type !== "oauth2_code") return [config];
  const found = method.afterConnect.flatMap((one) => Object.keys(one.config));
  return [
    config,
    {
      claim: `auth.${key}.exchange`,
      title: `${method.title}: the first token is exchanged for the one in use`,
      claimed: asked && method.exchange !== undefined,
      run: exchanges,
    },
    {
      claim: `auth.${key}.afterConnect`,
      title: `${method.title}: the account is found after the consent`,
      claimed: found.length > 0,
      run: async (bench) => knows(bench, found),
    },
    {
      claim: `auth.${key}.callback.hmac`,
      title: `${method.title}: a forged callback is refused`,
      claimed: method.callback.hmac !== undefined,
      run: seesForgery,
    },
    {
      claim: `auth.${key}.callback.config`,
      title: `${method.title}: what the browser brings along is kept`,
      claimed: Object.keys(method.callback.config).length > 0,
      run: readsCallback,
    },
    {
      claim: `auth.${key}.keepAliveDays`,
      title: `${method.title}: a credential nobody uses can be renewed in time`,
      claimed: asked && method.keepAliveDays !== undefined,
      run: renewsUnasked,
    },
  ];
}

/** All that is claimed of one way of signing in. `asked`: there is something to ask with. */
export function claimsOfMethod(key: string, method: Method, asked: boolean): Said[] {
  const session = isSession(method) || (method.type === "oauth2_code" && method.renew.type !== "never");
  return [
    { claim: `auth.${key}`, title: `${method.title}: signed in, the credential is taken`, claimed: asked, run: signsIn },
    { claim: `auth.${key}.renew`, title: `${method.title}: an ended credential is renewed, once`, claimed: asked && session, run: renews },
    {
      claim: `auth.${key}.refused`,
      title: `${method.title}: a refused credential is told`,
      claimed: asked && method.type !== "none",
      run: isRefused,
    },
    {
      claim: `auth.${key}.revoke`,
      title: `${method.title}: the grant is given back`,
      claimed: "revoke" in method && method.revoke !== undefined,
      run: revokes,
    },
    ...deeperProofs(key, method, asked),
  ];
}
