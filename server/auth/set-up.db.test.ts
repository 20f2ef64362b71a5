import { decode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { vendors } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { setupToken } from "#server/domains/vendors/setup-token";
import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { createDatabase } from "#tests/support/postgres";
import { testDeps } from "#tests/support/world";
import { authenticateApiKey } from "./api-key";
import { findMember } from "./member";
import { needsSetUp, setUp } from "./set-up";

let database: Awaited<ReturnType<typeof createDatabase>>;
let deps: Deps;
const env = { origin: "https://inlay.example", authSecret: "s".repeat(40) };
const body = { name: "Acme CRM", email: "Ada@acme.example", token: setupToken(env.authSecret) };

beforeAll(async () => {
  database = await createDatabase();
  deps = testDeps(database.url);
});
afterAll(async () => {
  await deps.db.close();
  await database.drop();
});
beforeEach(() => asSystem(deps.db, "test", (tx) => tx.delete(vendors)));

const refusal = (given: unknown) =>
  setUp(deps, env, given).then(
    () => "done",
    (error) => (isAppError(error) ? error.code : String(error)),
  );

test("the link makes a vendor with both worlds, an owner and a key, and signs the owner in", async () => {
  expect(await needsSetUp(deps)).toBe(true);
  const { keys, cookie } = await setUp(deps, env, body);
  expect(await needsSetUp(deps)).toBe(false);
  const owner = await findMember(deps, "ada@acme.example", "live");
  expect(owner).toMatchObject({ role: "owner", email: "ada@acme.example" });
  const ctx = await authenticateApiKey(deps, { headers: new Headers({ authorization: `Bearer ${keys.secretKey}` }) }, "req_set_up");
  expect(ctx.scope.vendorId).toBe(owner?.vendorId);
  expect(ctx.scope.environmentId).toBe((await findMember(deps, "ada@acme.example", "test"))?.environmentId);
  expect(cookie).toMatch(/^__Secure-next-auth\.session-token=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
  const token = await decode({ token: /=([^;]+)/.exec(cookie)![1]!, secret: env.authSecret });
  expect(token).toMatchObject({ email: "ada@acme.example" });
});

test("it works once, also for two at the same moment", async () => {
  const both = await Promise.all([refusal(body), refusal({ ...body, email: "eve@evil.example" })]);
  expect(both.sort()).toEqual(["conflict", "done"]);
  expect(await refusal(body)).toBe("conflict");
});

test.each([
  ["no token", { ...body, token: undefined }, "forbidden"],
  ["another installation's", { ...body, token: setupToken("t".repeat(40)) }, "forbidden"],
  ["nothing", null, "forbidden"],
  ["no name", { ...body, name: " " }, "invalid"],
  ["no address", { ...body, email: "ada" }, "invalid"],
])("%s makes nothing", async (_, given, code) => {
  expect(await refusal(given)).toBe(code);
  expect(await needsSetUp(deps)).toBe(true);
});
