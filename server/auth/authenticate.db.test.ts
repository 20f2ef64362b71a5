import { encode } from "next-auth/jwt";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import { readEnv } from "#server/env";
import type { Deps } from "#server/lib/context";
import { createDatabase } from "#tests/support/postgres";
import { createScene, insert, type Scene, testDeps } from "#tests/support/world";
import { authenticateEmbedSession, HOST_ORIGIN_HEADER } from "./embed-session";
import { vendorCtx } from "./member";

const SECRET = "s".repeat(32);
let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let email: string;

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  deps = testDeps(database.url);
  scene = await createScene(owner);
  const [member] = await owner`select email from members where id = ${scene.member}`;
  email = member!["email"];
  (globalThis as Record<symbol, unknown>)[Symbol.for("inlay.env")] = readEnv({
    DATABASE_URL: database.url,
    INLAY_ORIGIN: "http://127.0.0.1:4600",
    INLAY_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
    NEXTAUTH_SECRET: SECRET,
    SMTP_URL: "smtp://127.0.0.1:25",
  });
});
afterAll(async () => {
  await Promise.all([deps.db.close(), owner.end()]);
  await database.drop();
});

const embed = (headers: Record<string, string>) => authenticateEmbedSession(deps, { headers: new Headers(headers) }, "req_test");
const bearer = () => ({ authorization: `Bearer ${scene.embedToken}` });

test("a live session is its customer, and the walls hold it there", async () => {
  const ctx = await embed({ ...bearer(), origin: "http://127.0.0.1:4600", [HOST_ORIGIN_HEADER]: "http://localhost:4600" });
  expect(ctx.scope).toEqual({ vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer });
  const second = await createScene(owner, { name: "Other" });
  const seen = await withScope(ctx, (tx) => tx.select({ id: streams.id }).from(streams));
  expect(seen.map((row) => row.id)).toEqual([scene.stream]);
  expect(seen.map((row) => row.id)).not.toContain(second.stream);
});

test.each([
  ["no token", {}, "unauthenticated", /Authorization/],
  ["an unknown token", { authorization: "Bearer ems_test_unknown" }, "unauthenticated", /not known/],
  ["a secret key", { authorization: "Bearer sk_test_12345678" }, "unauthenticated", /not known/],
])("%s is refused", async (_, headers, code, words) => {
  await expect(embed(headers)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
});

test("another page, another host and an origin taken off the list are refused", async () => {
  await expect(embed({ ...bearer(), origin: "https://evil.example" })).rejects.toMatchObject({ code: "forbidden" });
  await expect(embed({ ...bearer(), [HOST_ORIGIN_HEADER]: "https://evil.example" })).rejects.toMatchObject({ code: "forbidden" });
  await owner`update environments set allowed_origins = '{}' where id = ${scene.environment}`;
  await expect(embed(bearer())).rejects.toMatchObject({ code: "forbidden" });
  await owner`update environments set allowed_origins = '{http://localhost:4600}' where id = ${scene.environment}`;
});

test("an expired session is refused in words of its own", async () => {
  await owner`update embed_sessions set expires_at = now() - interval '1 second' where id = ${scene.embedSession}`;
  await expect(embed(bearer())).rejects.toMatchObject({ code: "unauthenticated", message: expect.stringMatching(/expired/) });
  await owner`update embed_sessions set expires_at = now() + interval '10 minutes' where id = ${scene.embedSession}`;
});

const cookie = async (who: string, secret = SECRET) => `next-auth.session-token=${await encode({ token: { email: who }, secret })}`;
const member = (headers: Record<string, string>, method = "GET") => vendorCtx(deps, { headers: new Headers(headers), method }, "req_test");

test("a member is let in, in the environment of the cookie; a removed member is out at once", async () => {
  const live = `env_${"0".repeat(20)}`;
  await insert(owner, "environments", { id: live, vendor_id: scene.vendor, kind: "live", publishable_key: "pk_live_x" });
  const signedIn = await cookie(email.toUpperCase());
  expect(await member({ cookie: signedIn })).toMatchObject({
    actor: { type: "member", role: "owner" },
    scope: { environmentId: scene.environment },
  });
  expect(await member({ cookie: `${signedIn}; inlay-environment=live` })).toMatchObject({ scope: { environmentId: live } });
  await owner`update members set email = 'someone@else.example' where id = ${scene.member}`;
  await expect(member({ cookie: signedIn })).rejects.toMatchObject({ code: "unauthenticated" });
  await owner`update members set email = ${email} where id = ${scene.member}`;
});

test("A-57: no cookie, a cookie of another secret, a stranger, another site: refused", async () => {
  await expect(member({})).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(member({ cookie: await cookie(email, "t".repeat(32)) })).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(member({ cookie: await cookie("stranger@x.example") })).rejects.toMatchObject({ code: "unauthenticated" });
  const signedIn = await cookie(email);
  await expect(member({ cookie: signedIn, origin: "https://evil.example" }, "POST")).rejects.toMatchObject({ code: "forbidden" });
  await expect(member({ cookie: signedIn, "sec-fetch-site": "same-site" }, "POST")).rejects.toMatchObject({ code: "forbidden" });
  await expect(member({ cookie: signedIn, origin: "http://127.0.0.1:4600" }, "POST")).resolves.toBeDefined();
});
