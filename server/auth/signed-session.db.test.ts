import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { exportJWK, type JWTPayload, SignJWT } from "jose";
import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import { addEmbedKeys } from "#server/domains/embed-sessions/add-embed-keys";
import { mintEmbedSession } from "#server/domains/embed-sessions/mint-embed-session";
import { parsePublicKeys } from "#server/domains/embed-sessions/parse-public-keys";
import { removeEmbedKey } from "#server/domains/embed-sessions/remove-embed-key";
import type { Ctx, Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, memberCtx, type Scene } from "#tests/support/world";
import { authenticateEmbedSession } from "./embed-session";
import { authenticateSignedSession } from "./signed-session";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: Ctx;

const HOST = "http://localhost:4600";
const pem = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed = generateKeyPairSync("ed25519");

usingDatabase((opened) => {
  ({ owner, web: deps } = opened);
});
beforeEach(async () => {
  scene = await createScene(owner);
  ctx = memberCtx(deps, scene);
});

type Signing = { key?: KeyObject; alg?: string; kid?: string; claims?: JWTPayload };
const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

function sign({ key = p256.privateKey, alg = "ES256", kid, claims = {} }: Signing = {}): Promise<string> {
  const all = { sub: "globex", aud: scene.publishableKey, exp: soon(300), ...claims };
  return new SignJWT(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg, ...(kid ? { kid } : {}) })
    .sign(key);
}
const open = (token: string, over: { publishableKey?: string; hostOrigin?: string } = {}) =>
  authenticateSignedSession(deps, { publishableKey: scene.publishableKey, hostOrigin: HOST, requestId: "req_test", token, ...over });

test.each([
  ["ES256", p256],
  ["RS256", rsa],
  ["EdDSA", ed],
])("a token signed with the vendor's own %s key opens the marketplace of that customer", async (alg, pair) => {
  const [key] = await addEmbedKeys(ctx, { key: pem(pair.publicKey) });
  expect(key).toMatchObject({ alg });
  const token = await sign({
    key: pair.privateKey,
    alg,
    claims: { name: "Globex Inc", user: "Sam", origin: HOST, locale: "de-AT", traits: { plan: "pro" } },
  });
  const opened = await open(token);
  const minted = await mintEmbedSession(opened.ctx, opened.session);
  const customer = await authenticateEmbedSession(deps, { headers: new Headers({ authorization: `Bearer ${minted.token}` }) }, "req_2");
  expect(customer.scope).toEqual({ vendorId: scene.vendor, environmentId: scene.environment, customerId: minted.customerId });
  expect(customer.reader?.language).toBe("de");
  const [row] = await owner`select external_id, name, traits from customers where id = ${minted.customerId}`;
  expect(row).toEqual({ external_id: "globex", name: "Globex Inc", traits: { plan: "pro" } });
  const [used] = await owner`select last_used_at from embed_keys where environment_id = ${scene.environment}`;
  expect(used?.["last_used_at"]).toBeInstanceOf(Date);
});

test.each<[string, Signing, RegExp]>([
  ["an expired one", { claims: { exp: soon(-120) } }, /expired at/],
  ["one without an end", { claims: { exp: undefined as never } }, /exp is needed/],
  ["one that lives too long", { claims: { exp: soon(7200) } }, /longer than one hour/],
  ["one for another marketplace", { claims: { aud: "pk_test_another" } }, /aud has to be your publishable key/],
  ["one for nobody", { claims: { sub: undefined as never } }, /sub has to be/],
  ["one of an empty name", { claims: { sub: "  " } }, /sub/],
  ["one from the future", { claims: { iat: soon(600) } }, /iat lies in the future/],
  ["one of an unknown key", { kid: "elsewhere" }, /No signing key with the id elsewhere/],
  ["one of a stranger's key", { key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey }, /signature does not match/],
  ["one of another algorithm", { key: rsa.privateKey, alg: "RS256" }, /is for ES256; this token says RS256/],
])("%s is refused with the reason", async (_, signing, words) => {
  await addEmbedKeys(ctx, { key: pem(p256.publicKey) });
  await expect(open(await sign(signing))).rejects.toMatchObject({ code: "unauthenticated", message: expect.stringMatching(words) });
});

test("one signed for another page is refused", async () => {
  await addEmbedKeys(ctx, { key: pem(p256.publicKey) });
  const token = await sign({ claims: { origin: "https://elsewhere.example" } });
  await expect(open(token)).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("https://elsewhere.example") });
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("no signature, and the public key used as a shared secret, are refused", async () => {
  await addEmbedKeys(ctx, { key: pem(rsa.publicKey) });
  const claims = part({ sub: "globex", aud: scene.publishableKey, exp: soon(60) });
  await expect(open(`${part({ alg: "none" })}.${claims}.`)).rejects.toThrow(/not signed/);
  const head = part({ alg: "HS256" });
  const forged = createHmac("sha256", pem(rsa.publicKey)).update(`${head}.${claims}`).digest("base64url");
  await expect(open(`${head}.${claims}.${forged}`)).rejects.toThrow(/shared secret/);
  // A key that the token brings along is not looked at.
  const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const brought = await new SignJWT({ sub: "globex", aud: scene.publishableKey, exp: soon(60) })
    .setProtectedHeader({ alg: "RS256", jwk: await exportJWK(own.publicKey) })
    .sign(own.privateKey);
  await expect(open(brought)).rejects.toThrow(/signature does not match/);
  await expect(open("eyJ.not.ajwt")).rejects.toThrow(/not a JWT/);
});

test("another environment's key opens nothing here, and a removed one nothing any more", async () => {
  const other = await createScene(owner, { name: "Other" });
  await addEmbedKeys(memberCtx(deps, other), { key: pem(p256.publicKey) });
  await expect(open(await sign())).rejects.toThrow(/No signing key is registered/);
  const [key] = await addEmbedKeys(ctx, { key: pem(p256.publicKey) });
  expect((await open(await sign())).ctx.scope.environmentId).toBe(scene.environment);
  await expect(removeEmbedKey(memberCtx(deps, other), { id: key?.id ?? "" })).rejects.toMatchObject({ code: "not_found" });
  await removeEmbedKey(ctx, { id: key?.id ?? "" });
  await expect(open(await sign())).rejects.toThrow(/No signing key is registered/);
});

test("with several keys the token says which", async () => {
  const keys = [
    { ...(await exportJWK(p256.publicKey)), kid: "a" },
    { ...(await exportJWK(ed.publicKey)), kid: "b" },
  ];
  await addEmbedKeys(ctx, { key: JSON.stringify({ keys }) });
  await expect(open(await sign())).rejects.toThrow(/Several signing keys/);
  expect((await open(await sign({ kid: "a" }))).session.customer.id).toBe("globex");
  expect((await open(await sign({ kid: "b", key: ed.privateKey, alg: "EdDSA" }))).session.customer.id).toBe("globex");
  await expect(addEmbedKeys(ctx, { key: pem(rsa.publicKey), kid: "a" })).rejects.toMatchObject({ code: "conflict" });
});

test.each([
  ["a private PEM", () => p256.privateKey.export({ type: "pkcs8", format: "pem" }) as string, /private key/],
  ["a private JWK", async () => JSON.stringify(await exportJWK(ed.privateKey)), /private key/],
  ["a shared secret", () => '{"kty":"oct","k":"c2VjcmV0"}', /shared secret/],
  ["a short RSA key", () => pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey), /1024 bits/],
  ["another curve", () => pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey), /kind that is not taken/],
  ["nonsense", () => "hello", /could not be read/],
  ["an empty set", () => '{"keys":[]}', /1 to 10 keys/],
])("%s cannot be registered", async (_, text, words) => {
  await expect(parsePublicKeys(await text())).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(words) });
});
