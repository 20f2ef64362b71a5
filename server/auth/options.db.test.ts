import { type AddressInfo, createServer, type Socket } from "node:net";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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
const demoSettings = {
  INLAY_DEMO: "1",
  INLAY_DEMO_ORIGIN: "http://localhost:4600",
  INLAY_DEMO_SECRET_KEY: `sk_test_${"a".repeat(43)}`,
  INLAY_DEMO_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString("base64")}`,
};
const optionsOf = (more: Record<string, string> = demoSettings) =>
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
  await vi.waitFor(async () => expect(await owner`select id from mails`).toHaveLength(1));
  const mails = await owner`select recipient, body from mails`;
  expect(mails.map((mail) => mail["recipient"])).toEqual([email]);
  expect(mails[0]!["body"]).toContain("http://127.0.0.1:4600/link");
});

test("the answer waits for no mail server, and a mail that fails is logged", async () => {
  const error = vi.spyOn(deps.log, "error");
  const silent = createServer(); // takes connections and says nothing of its own
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const connected = new Promise<Socket>((resolve) => silent.once("connection", resolve));
  const port = (silent.address() as AddressInfo).port;
  const provider = optionsOf({ SMTP_URL: `smtp://127.0.0.1:${port}` }).providers.find((one) => one.id === "email");
  const { sendVerificationRequest } = (provider as unknown as { options: { sendVerificationRequest: Send } }).options;
  await sendVerificationRequest({ identifier: email, url: "http://127.0.0.1:4600/link" });
  expect(error).not.toHaveBeenCalled();
  (await connected).end("554 not today\r\n");
  await vi.waitFor(() => expect(error).toHaveBeenCalledWith({ err: expect.any(Error) }, "a sign-in mail was not sent"));
  error.mockRestore();
  silent.close();
});

test("an address gets five links in a quarter of an hour, however often somebody asks", async () => {
  await owner`delete from mails`;
  const before = deps;
  deps = { ...deps };
  for (let asked = 0; asked < 9; asked++) {
    const provider = optionsOf().providers.find((one) => one.id === "email") as unknown as { options: { sendVerificationRequest: Send } };
    await provider.options.sendVerificationRequest({ identifier: email, url: "http://127.0.0.1:4600/link" });
  }
  await vi.waitFor(async () => expect(await owner`select id from mails`).toHaveLength(5));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await owner`select id from mails`).toHaveLength(5);
  deps = before;
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
  expect(optionsOf({ SMTP_URL: "smtp://127.0.0.1:25" }).providers.map((one) => one.id)).toEqual(["email"]);
  const demo = optionsOf();
  expect(demo.providers.map((one) => (one as { options?: { id?: string } }).options?.id ?? one.id)).toEqual(["email", "demo"]);
});
