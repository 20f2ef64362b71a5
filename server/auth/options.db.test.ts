import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnv } from "#server/env";
import type { Deps } from "#server/lib/context";
import { createDatabase } from "#tests/support/postgres";
import { createScene, type Scene, testDeps } from "#tests/support/world";
import { createAuthOptions } from "./options";

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let email: string;

const settings = {
  INLAY_ORIGIN: "http://127.0.0.1:4600",
  INLAY_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
  NEXTAUTH_SECRET: "s".repeat(32),
};
const optionsOf = (more: Record<string, string> = {}) =>
  createAuthOptions(deps, readEnv({ DATABASE_URL: database.url, ...settings, ...more }));

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  deps = testDeps(database.url);
  scene = await createScene(owner);
  const [row] = await owner`select email from members where id = ${scene.member}`;
  email = row!["email"];
});
afterAll(async () => {
  await Promise.all([deps.db.close(), owner.end()]);
  await database.drop();
});

type Send = (params: { identifier: string; url: string }) => Promise<void>;
type SignIn = (params: { user: { id: string; email: string }; email?: { verificationRequest: boolean } }) => Promise<boolean>;

test("a member gets a link by mail, a stranger gets none and is told nothing", async () => {
  const options = optionsOf();
  const provider = options.providers.find((one) => one.id === "email") as unknown as { options: { sendVerificationRequest: Send } };
  const signIn = options.callbacks?.signIn as unknown as SignIn;
  for (const identifier of [email, "stranger@x.example"]) {
    expect(await signIn({ user: { id: "1", email: identifier }, email: { verificationRequest: true } })).toBe(true);
    await provider.options.sendVerificationRequest({ identifier, url: "http://127.0.0.1:4600/link" });
  }
  const mails = await owner`select recipient, body from mails`;
  expect(mails.map((mail) => mail["recipient"])).toEqual([email]);
  expect(mails[0]!["body"]).toContain("http://127.0.0.1:4600/link");
});

test("a stranger with a valid link is not let in; a member is, and is tied to their user", async () => {
  const options = optionsOf();
  const signIn = options.callbacks?.signIn as unknown as SignIn;
  expect(await signIn({ user: { id: "1", email: "stranger@x.example" } })).toBe(false);
  expect(await signIn({ user: { id: "1", email: email.toUpperCase() } })).toBe(true);
  const adapter = options.adapter as { createUser(user: { email: string; emailVerified: Date }): Promise<{ id: string }> };
  const user = await adapter.createUser({ email, emailVerified: new Date() });
  await options.events?.signIn?.({ user: { id: user.id, email }, account: { type: "email", provider: "email", providerAccountId: email } });
  const [row] = await owner`select user_id from members where id = ${scene.member}`;
  expect(row!["user_id"]).toBe(user.id);
});

test("the one-click sign-in exists in the demo only", () => {
  expect(optionsOf().providers.map((one) => one.id)).toEqual(["email"]);
  const demo = optionsOf({
    INLAY_DEMO: "1",
    INLAY_DEMO_ORIGIN: "http://localhost:4600",
    INLAY_DEMO_SECRET_KEY: `sk_test_${"a".repeat(43)}`,
    INLAY_DEMO_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString("base64")}`,
  });
  expect(demo.providers.map((one) => (one as { options?: { id?: string } }).options?.id ?? one.id)).toEqual(["email", "demo"]);
});
