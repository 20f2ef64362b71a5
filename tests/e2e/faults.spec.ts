import { execFileSync } from "node:child_process";
import type { FrameLocator, Page } from "@playwright/test";
import { expect, test } from "#tests/support/e2e";
import { api, ask, connectHubspot, control, holdPort, hubspotTruth, marketplace, mint, readAll } from "#tests/support/program";
import { type ProcessName, type Stack, startStack } from "#tests/support/stack";

// Parts of the running product die here, so it is a product of its own. The tests share its data and go on from each other.
test.describe.configure({ mode: "serial" });

const CUSTOMER = "globex";
const PORTAL = "4711002";
const CONTACTS = 10_000;
const NOBODY_WAITS_MS = 10_000;

type Stream = { id: string; records: number; state: string; lastSuccessAt: string | null; problem: unknown };
type Change = { position: number; externalId: string; op: string; record: Record<string, unknown> | null };
type Stored = { externalId: string; data: Record<string, unknown>; source: { properties: Record<string, unknown> } };

let stack: Stack;
let token: string;
let connectionId: string;
let streamId: string;

test.beforeAll(async () => {
  stack = await startStack();
});
test.afterAll(() => stack.stop());

const streamNow = async () => {
  const answer = await api(stack, `/v1/connections/${connectionId}`);
  return (answer.status === 200 ? (answer.json() as { streams: Stream[] }).streams[0] : undefined) as Stream | undefined;
};
const feed = (after = 0) => readAll<Change>(stack, "/v1/changes?limit=1000&after=", String(after));
const health = async () => (await ask(`${stack.origin}/api/health`)).json();
const WELL = { status: "ok", postgres: true, temporal: true };

/** A page of the dashboard or the frame, asked again while the database's presence of a moment ago is still believed. */
async function askUntilDown(path: string) {
  let answer = await ask(`${stack.origin}${path}`);
  await stack.until(
    async () => {
      if (answer.status !== 503) answer = await ask(`${stack.origin}${path}`);
      return answer.status === 503;
    },
    `${path} to say that the database is away`,
    8_000,
  );
  return answer;
}

async function killAt(name: ProcessName, records: number): Promise<void> {
  await stack.until(async () => ((await streamNow())?.records ?? 0) >= records, `${records} records`, 40_000);
  stack.kill(name);
}

test("worker, Postgres and Temporal die by kill -9 in the middle of a backfill: lost 0, doubled 0", async () => {
  await control(stack, { latencyMs: 40 });
  ({ token } = await mint(stack, CUSTOMER));
  const connection = await connectHubspot(stack, token, PORTAL);
  connectionId = connection.id;
  streamId = connection.streams[0]?.id ?? "";
  const first = stack.running().pids.worker;
  await killAt("worker", 1_000);
  expect((await streamNow())?.records).toBeLessThan(CONTACTS);
  await killAt("postgres", 3_000);
  await killAt("temporal", 5_000);
  await control(stack, { latencyMs: 0 });
  await stack.until(async () => Boolean((await streamNow())?.lastSuccessAt), "the first sync to end", 90_000);
  expect(stack.running().pids.worker).not.toBe(first);

  const truth = await hubspotTruth(stack, PORTAL);
  const records = await readAll<Stored>(stack, "/v1/records?limit=1000&source=true&cursor=", "");
  expect(truth.size).toBe(CONTACTS);
  expect(records.map(({ externalId }) => externalId).sort()).toEqual([...truth.keys()].sort());
  const unlike = records.filter(({ externalId, source }) => {
    const real = truth.get(externalId)?.properties ?? {};
    return Object.entries(source.properties).some(([name, value]) => (real[name] ?? null) !== value);
  });
  expect(unlike).toEqual([]);

  const changes = await feed();
  const replica = new Map(changes.map(({ externalId, record }) => [externalId, record]));
  expect(changes).toHaveLength(CONTACTS); // each told once …
  expect(new Set(changes.map(({ position }) => position)).size).toBe(CONTACTS); // … in a place of its own
  expect(replica).toEqual(new Map(records.map(({ externalId, data }) => [externalId, data])));
});

test("while Temporal is away a wish is noted, and carried out when it is back", async ({ page }) => {
  const frame = await openConnection(page);
  const before = (await feed()).at(-1)?.position ?? 0;
  const release = await takeAway("temporal", stack.temporalAddress);
  try {
    await control(stack, { service: "hubspot", portal: PORTAL, change: { count: 1 } });
    expect(await health()).toEqual({ ...WELL, status: "degraded", temporal: false });
    const asked = await api(stack, `/v1/streams/${streamId}/sync`, {});
    expect([asked.status, asked.json()]).toEqual([202, { queued: true, engineReachable: false }]);
    await frame.getByRole("button", { name: "Sync now" }).click();
    await expect(frame.getByText("Noted. Syncing is held up for a moment on our side and starts by itself.")).toBeVisible();
    expect((await api(stack, "/v1/records?limit=1")).status).toBe(200);
  } finally {
    await release();
  }
  await stack.until(async () => (await feed(before)).length > 0, "the change to arrive", 70_000);
  expect((await feed(before)).map(({ op }) => op)).toEqual(["updated"]);
  // The worker is back at once; the web process finds the server at its next try, seconds later.
  await stack.until(async () => (await health()).temporal === true, "the web process to find Temporal again", 15_000);
  expect(await health()).toEqual(WELL);
});

for (const [how, takeDown] of [
  ["gone", () => takeAway("postgres", new URL(stack.databaseUrl).host)],
  ["there, but silent", async () => freeze(stack.running().pids.postgres)],
] as const) {
  test(`while Postgres is ${how} every door says so soon, and all goes on when it is back`, async ({ page, expectedErrors }) => {
    const frame = await openConnection(page);
    // From here on the browser says that answers do not come, and the loader that the frame does not.
    expectedErrors.push(/status of 50[03]|interrupted|ERR_|Failed to fetch|No answer from/i);
    const release = await takeDown();
    try {
      const embed = marketplace(stack, token);
      const [state, list, minted, dashboard, framed, procedure] = await Promise.all([
        ask(`${stack.origin}/api/health`),
        api(stack, "/v1/records"),
        api(stack, "/v1/embed-sessions", { customer: { id: CUSTOMER } }),
        askUntilDown("/overview"),
        askUntilDown("/embed/pk_test_acmecrmdemo"),
        embed.session.bootstrap.query().then(
          () => null,
          (error) => error,
        ),
      ]);
      expect([state.status, state.json()["status"]]).toEqual([503, "down"]);
      for (const answer of [list, minted]) {
        expect(answer.json()).toMatchObject({
          status: 503,
          code: "platform_error",
          detail: "The database does not answer right now. Nothing was lost; try again in a moment.",
        });
        expect(answer.headers.get("retry-after")).toBe("2");
      }
      for (const answer of [dashboard, framed]) {
        expect(answer.status).toBe(503);
        expect(answer.text).toContain("The service does not answer right now");
        expect(answer.text).toContain("Nothing was lost. This page tries again by itself in a few seconds.");
      }
      expect(procedure.data).toMatchObject({
        httpStatus: 503,
        inlay: { text: "The service does not answer right now. Nothing was lost; try again in a moment." },
      });
      for (const answer of [state, list, minted, dashboard, framed]) expect(answer.ms).toBeLessThan(NOBODY_WAITS_MS);
      await frame.getByRole("button", { name: "Sync now" }).click();
      await expect(frame.getByText("The service does not answer right now.", { exact: false })).toBeVisible();
      // A page opened meanwhile says so inside the vendor's page too, and heals by itself.
      await openDemo(page);
      await expect(frame.getByRole("heading", { name: "The service does not answer right now" })).toBeVisible();
    } finally {
      await release();
    }
    await expect(frame.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible({ timeout: 30_000 });
    await expect.poll(health, { timeout: 20_000 }).toEqual(WELL);
    expect((await api(stack, "/v1/records?limit=1")).status).toBe(200);
    const trigger = await api(stack, `/v1/streams/${streamId}/sync`, {});
    expect(trigger.json()).toEqual({ queued: true, engineReachable: true });
    await stack.until(async () => (await streamNow())?.state === "active", "the stream to be well again", 40_000);
  });
}

test("the web process dies by kill -9 and is back by itself", async () => {
  const before = stack.running().pids.web;
  stack.kill("web");
  const isBack = () =>
    health().then(
      ({ status }) => status === "ok" && stack.running().pids.web !== before,
      () => false,
    );
  await stack.until(isBack, "the web process", 30_000);
  expect((await api(stack, "/v1/records?limit=1")).status).toBe(200);
});

async function openDemo(page: Page): Promise<FrameLocator> {
  await page.goto(`${stack.demoOrigin}/demo?customer=${CUSTOMER}`);
  return page.frameLocator("iframe");
}

/** The customer's connection, inside the vendor's page. */
async function openConnection(page: Page): Promise<FrameLocator> {
  const frame = await openDemo(page);
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  await expect(frame.getByText("Up to date.")).toBeVisible();
  return frame;
}

/** Kills a server and keeps its port, so that the supervisor cannot bring it back before the returned function is called. */
async function takeAway(name: ProcessName, address: string): Promise<() => Promise<void>> {
  stack.kill(name);
  return holdPort(Number(address.split(":")[1]));
}

/** Stops a server and its children where they stand: connections stay open and nothing answers. */
function freeze(leader: number): () => Promise<void> {
  const children = execFileSync("pgrep", ["-P", String(leader)], { encoding: "utf8" });
  const pids = [leader, ...children.trim().split("\n").map(Number)];
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  return async () => {
    for (const pid of pids) process.kill(pid, "SIGCONT");
  };
}
