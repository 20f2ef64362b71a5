import { AppError } from "#server/lib/errors";
import { acquire, isSession } from "#server/runtime/auth/acquire";
import { afterConnect } from "#server/runtime/auth/after-connect";
import { takeApart } from "#server/runtime/auth/answers";
import { exchangeOauth1, requestOauth1 } from "#server/runtime/auth/oauth1";
import { grantOf } from "#server/runtime/auth/place";
import { readCallback } from "#server/runtime/auth/read-callback";
import { renewerOf } from "#server/runtime/auth/renewer";
import type { AuthMethod, OAuth1, OAuth2Code } from "#server/runtime/auth/schema";
import { type Egress, egressTo } from "#server/runtime/egress";
import type { Manifest } from "#server/runtime/manifest";
import { exchangeToken, type OAuthClient, requestToken, type TokenResult, type TokenSet } from "#server/runtime/oauth";
import { objectSource } from "#server/runtime/paging/object-source";
import { keptWith, oauthSecret, type Secret } from "#server/runtime/secret";
import { createSend, type Grants, type Send } from "#server/runtime/send";
import type { Source } from "#server/runtime/source";
import { callbackParams } from "#server/simulator/from-manifest/account";
import { type Recorded, type StandIn, standIn } from "#server/simulator/from-manifest/stand-in";

/** How requests get to a stand-in: through a real server on loopback, or straight. */
export type Line = (party: StandIn) => Promise<{ egress: Egress; sandboxOrigin: string | null; stop(): Promise<void> }>;

/** Straight to the stand-in: nothing leaves the process. */
export const straight: Line = async (party) => ({
  sandboxOrigin: null,
  stop: async () => {},
  egress: async ({ method, url, headers = {}, body }) => {
    const answer = party.answer({ method, url: new URL(url), headers, body: body?.toString() ?? "" });
    if (answer.cut) throw new AppError("provider_unavailable", `${new URL(url).host} could not be reached (ECONNRESET).`);
    return { status: answer.status, headers: answer.headers, body: answer.bytes ?? Buffer.from(answer.text), url, ms: 1 };
  },
});

/** A manifest, connected to its stand-in as a connection is. */
export type Bench = {
  manifest: Manifest;
  party: StandIn;
  egress: Egress;
  send: Send;
  grants: Grants;
  config: Record<string, string>;
  secret(): Secret;
  sandboxOrigin: string | null;
  nowMs: () => number;
  source(object: string): Source;
  stop(): Promise<void>;
};

type Texts = Record<string, string>;
type Gained = { secret: Secret; config: Texts };
type Way = { manifest: Manifest; party: StandIn; egress: Egress; sandboxOrigin: string | null };

const callerOf = ({ egress, manifest, sandboxOrigin }: Way) => ({ egress: egressTo(egress, manifest), name: manifest.name, sandboxOrigin });

const CALLBACK = "https://inlay.example/connect/callback";

function orThrow(result: TokenResult): TokenSet {
  if (result.ok) return result.tokens;
  throw new AppError("reauth_required", result.refusal.text);
}

async function byCode(way: Way, method: OAuth2Code, entered: Texts): Promise<Gained> {
  const { account } = way.party;
  const brought = readCallback(method.callback, callbackParams(account), entered, account.app.clientSecret);
  if ("refused" in brought) throw new AppError("reauth_required", brought.refused);
  const known = { ...entered, ...brought.config };
  const client: OAuthClient = { name: way.manifest.name, method, ...account.app, sandboxOrigin: way.sandboxOrigin, values: known };
  const grant = { grant_type: "authorization_code", code: account.token.code, redirect_uri: CALLBACK };
  const verifier = method.pkce ? { code_verifier: "sample-verifier" } : {};
  const first = orThrow(await requestToken(way.egress, client, { ...grant, ...verifier }));
  const tokens = method.exchange ? orThrow(await exchangeToken(way.egress, client, method.exchange, first)) : first;
  const secret = oauthSecret({ ...tokens, config: {} }, first.refreshToken);
  const told = { ...known, ...first.config, ...tokens.config };
  const { config, kept } = await afterConnect(callerOf(way), method.afterConnect, told, (so) =>
    grantOf(method, keptWith(secret, so.kept), so.config, 0, account.app),
  );
  return { secret: keptWith(secret, kept), config };
}

async function byVerifier(way: Way, method: OAuth1, entered: Texts): Promise<Gained> {
  const { app, token } = way.party.account;
  const { pair } = await requestOauth1(callerOf(way), method, app, entered, `${CALLBACK}?state=sample-state`);
  const { values, config } = await exchangeOauth1(callerOf(way), method, app, entered, { pair, verifier: token.code });
  return { secret: { type: "api_key", values }, config: { ...entered, ...config } };
}

async function gain(way: Way, method: AuthMethod): Promise<Gained> {
  const { account, world } = way.party;
  const { values, config } = takeApart(method.fields, account.answers);
  if (method.type === "oauth2_code") return byCode(way, method, config);
  if (method.type === "oauth1") return byVerifier(way, method, config);
  if (!isSession(method)) return { secret: { type: "api_key", values }, config };
  const scopes = "scopes" in method ? method.scopes.map((one) => one.scope) : [];
  const got = await acquire(callerOf(way), method, values, { app: account.app, scopes, nowMs: world.nowMs });
  if (!got.ok) throw new AppError("reauth_required", got.refusal.text);
  return { secret: { type: "session", values, token: got.token }, config };
}

/** Grants of a credential in memory: renewed as a stored one is. */
function grantsOf(way: Way, method: AuthMethod, gained: Gained): { grants: Grants; secret: () => Secret } {
  const { app } = way.party.account;
  const clock = { now: () => new Date(way.party.world.nowMs) };
  const scopes = "scopes" in method ? method.scopes.map((one) => one.scope) : [];
  const renewer = renewerOf({ caller: callerOf(way), method, app, config: gained.config, scopes, clock });
  let { secret } = gained;
  let version = 1;
  const ready = () => grantOf(method, secret, gained.config, version, app);
  const condemn = async (_version: number, reason: string) => new AppError("reauth_required", reason);
  const grants: Grants = {
    condemn,
    current: async () => ready(),
    async renew(seen) {
      if (version > seen) return ready();
      const renewed = renewer ? await renewer.renew(secret) : null;
      if (!renewed?.ok) throw await condemn(seen, renewed ? renewed.refusal.text : `${way.manifest.name} refused the key.`);
      secret = renewed.secret;
      version++;
      return ready();
    },
  };
  return { grants, secret: () => secret };
}

export const PROOF_NOW_MS = Date.parse("2026-11-21T12:00:00Z");

/** The same manifest, without waiting for a search that here never lags behind, and for files that are soon made. */
function unhurried(manifest: Manifest): Manifest {
  const objects = Object.entries(manifest.objects).map(([key, given]) => {
    const spec = given.job ? { ...given, job: { ...given.job, everyMs: 1 } } : given;
    const create = spec.writes?.create;
    if (create?.once?.by !== "find") return [key, spec] as const;
    return [key, { ...spec, writes: { ...spec.writes, create: { ...create, once: { ...create.once, settleMs: 1 } } } }] as const;
  });
  return { ...manifest, objects: Object.fromEntries(objects) as Manifest["objects"] };
}

/** Signs in at a fresh stand-in by one of the manifest's ways. `spoken`: the system is another one than the manifest says. */
export async function openBench(
  given: Manifest,
  auth: string,
  recorded: Recorded,
  line: Line,
  answers: Texts = {},
  spoken: Manifest = given,
): Promise<Bench> {
  const manifest = unhurried(given);
  const party = standIn(unhurried(spoken), { auth, recorded, nowMs: PROOF_NOW_MS, answers });
  const { egress, sandboxOrigin, stop } = await line(party);
  const method = manifest.auth[auth] as AuthMethod;
  const way = { manifest, party, egress, sandboxOrigin };
  try {
    const gained = await gain(way, method);
    const { grants, secret } = grantsOf(way, method, gained);
    const nowMs = () => party.world.nowMs;
    const send = createSend({ egress, manifest, grants, sandboxOrigin, clock: { now: () => new Date(nowMs()) } });
    const { config } = gained;
    const source = (object: string) => objectSource({ send, manifest, config, nowMs }, object);
    return { manifest, party, egress, send, grants, config, secret, sandboxOrigin, nowMs, source, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
