import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import path from "node:path";
import postgres from "postgres";
import { expect, test } from "#tests/support/e2e";
import { type Cluster, freePort, startCluster } from "#tests/support/postgres";
import { api } from "#tests/support/program";
import { startStack } from "#tests/support/stack";
import { startTemporal, type TemporalServer } from "#tests/support/temporal";

// An installation that is no demo, on a Postgres and a Temporal of the operator's own: DATABASE_URL, TEMPORAL_ADDRESS.

const MAIL = "smtp://127.0.0.1:25";
const NAMESPACE = "acme";

let cluster: Cluster;
let temporal: TemporalServer;
let admin: postgres.Sql;

test.beforeAll(async () => {
  cluster = await startCluster();
  // As somebody else starts it: our namespace is there, our search attributes are not.
  temporal = await startTemporal({ searchAttributes: false, namespaces: [NAMESPACE] });
  admin = postgres(`${cluster.url}/postgres`, { max: 1, onnotice: () => {} });
  await admin.unsafe("drop database template_inlay"); // nobody has been here: no database of ours, no roles
  await admin.unsafe("drop role inlay_web, inlay_worker, inlay_system");
});
test.afterAll(async () => {
  await admin?.end();
  await temporal?.stop();
  await cluster?.stop();
});

/** A fresh database, empty, owned by a fresh user with `rights`. */
async function ownDatabase(rights: string): Promise<string> {
  const name = `own_${randomBytes(4).toString("hex")}`;
  await admin.unsafe(`create role ${name} login password 'pw' ${rights}`);
  await admin.unsafe(`create database ${name} owner ${name}`);
  const url = new URL(`${cluster.url}/${name}`);
  url.username = name;
  url.password = "pw";
  return url.href;
}

const given = (more: Record<string, string> = {}) => ({
  INLAY_DEMO: "0",
  SMTP_URL: MAIL,
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: NAMESPACE,
  ...more,
});

/** What `npm start` says when it cannot start with these settings. */
const refusal = (more: Record<string, string>) =>
  startStack({ env: given(more) }).then(
    async (stack) => {
      await stack.stop();
      return "it started";
    },
    (error: Error) => error.message,
  );

test("the first vendor is made by the printed link, once, and the product runs on the given servers", async ({
  page,
  shoot,
  expectedErrors,
}) => {
  const databaseUrl = await ownDatabase("nosuperuser createrole");
  const stack = await startStack({ env: given({ DATABASE_URL: databaseUrl }) });
  try {
    expect(Object.keys(stack.running().pids).sort()).toEqual(["supervisor", "web", "worker"]);
    const link = /Set up +(\S+)/.exec(stack.said())?.[1] ?? "";
    expect(link).toMatch(new RegExp(`^${stack.origin}/setup#[\\w-]{43}$`));

    expect(readFileSync(path.join(stack.home, "logs", "setup.log"), "utf8")).toContain("Set-up link: [hidden]");

    await page.goto(`${stack.origin}/overview`);
    await expect(page.getByText("Nobody has set this installation up yet.")).toBeVisible();
    expectedErrors.push(/status of 40[039]/);
    await page.goto(`${stack.origin}/setup#${"x".repeat(43)}`);
    await page.getByLabel("Name of your product").fill("Initrode");
    await page.getByLabel("Your e-mail").fill("ada@initrode.example");
    await page.getByRole("button", { name: "Create" }).click();
    await expect(page.getByText("This is not the whole set-up link.")).toBeVisible();

    await page.goto("about:blank");
    await page.goto(link);
    await shoot(page, "40-set-up");
    await page.getByLabel("Name of your product").fill("Initrode");
    await page.getByLabel("Your e-mail").fill("ada");
    await page.getByRole("button", { name: "Create" }).click();
    await expect(page.getByText("Enter an e-mail address such as you@company.com.")).toBeVisible();
    await page.getByLabel("Your e-mail").fill("ada@initrode.example");
    await page.getByRole("button", { name: "Create" }).click();
    await expect(page.getByRole("heading", { name: "Initrode is set up" })).toBeVisible();
    const secretKey = await page.locator("code", { hasText: "sk_test_" }).innerText();
    await shoot(page, "41-first-keys");
    await page.getByRole("link", { name: "Open the dashboard" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

    await page.goto(link);
    await expect(page.getByRole("heading", { name: "Inlay is set up already" })).toBeVisible();
    await shoot(page, "42-set-up-already");
    const token = new URL(link).hash.slice(1);
    const again = await fetch(`${stack.origin}/api/setup`, {
      method: "POST",
      body: JSON.stringify({ name: "Eve", email: "eve@evil.example", token }),
    });
    expect([again.status, (await again.json()).detail]).toEqual([409, "Inlay is set up already. Sign in instead."]);

    const place = { ...stack, secretKey };
    expect((await api(place, "/v1/records")).status).toBe(200);
    expect((await api(place, "/v1/customers")).status).toBe(200);
    expect(await (await fetch(`${stack.origin}/api/health`)).json()).toEqual({ status: "ok", postgres: true, temporal: true });
  } finally {
    await stack.stop();
  }

  const second = await startStack({ env: given({ DATABASE_URL: databaseUrl }) });
  expect(second.said()).not.toContain("Set up");
  await second.stop();
});

test("an owner who may not create roles is told what to run, and goes on once it was run", async () => {
  const databaseUrl = await ownDatabase("nosuperuser nocreaterole");
  const said = await refusal({ DATABASE_URL: databaseUrl });
  const statement = /GRANT inlay_web, inlay_worker, inlay_system TO <user>;/.exec(said)?.[0] ?? said;
  await admin.unsafe(statement.replace("<user>", new URL(databaseUrl).username));
  const stack = await startStack({ env: given({ DATABASE_URL: databaseUrl }) });
  expect(stack.said()).toContain("Set up");
  await stack.stop();
});

test("servers that are not there, or refuse us, are named with their variable", async () => {
  const databaseUrl = await ownDatabase("superuser");
  const nobody = `127.0.0.1:${await freePort()}`;
  const wrong = new URL(databaseUrl);
  wrong.password = "no";
  const missing = new URL(databaseUrl);
  missing.pathname = "/nothing";
  const said = await refusal({ DATABASE_URL: `postgres://a:b@${nobody}/c` });
  expect(said).toMatch(/^Inlay: Postgres does not answer .* DATABASE_URL \(ECONNREFUSED\)/m);
  expect(said).not.toMatch(/dist\/setup|ended with code|^\s+at /m);
  expect(await refusal({ DATABASE_URL: wrong.href })).toContain("Postgres refused the user or password in DATABASE_URL.");
  expect(await refusal({ DATABASE_URL: missing.href })).toContain("The database named in DATABASE_URL does not exist. Create it first.");

  const reached = { DATABASE_URL: databaseUrl };
  const unanswered = await refusal({ ...reached, TEMPORAL_ADDRESS: nobody });
  expect(unanswered).not.toMatch(/DEADLINE|ECONN|^\s+at /m);
  expect(unanswered).toMatch(
    new RegExp(`no Temporal server answers at ${nobody}[\\s\\S]*What to do: Start it, or correct TEMPORAL_ADDRESS`),
  );
  expect(await refusal({ ...reached, TEMPORAL_NAMESPACE: "elsewhere" })).toMatch(
    /has no namespace "elsewhere"[\s\S]*temporal operator namespace create --namespace elsewhere/,
  );
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  expect(await refusal({ ...reached, TEMPORAL_ADDRESS: addressOf(silent) })).toMatch(/no Temporal server answers at/);
  silent.close();
});

const addressOf = (server: Server) => {
  const address = server.address();
  return `127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
};
