import { createHmac } from "node:crypto";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createInboundEndpoint } from "#server/domains/inbox/create-inbound-endpoint";
import { createIngress } from "#server/domains/inbox/receive-call";
import type { Ctx, Scope } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";
import { eventually, type Live, startLive } from "#tests/support/live";
import { ownNamespace } from "#tests/support/temporal";
import { createConnection } from "#tests/support/world";

const SECRET = "inlay-demo-secret-0123456789abcdef"; // of the seeded integration

let live: Live;
beforeEach(async () => {
  live = await startLive(ownNamespace());
});
afterEach(() => live.stop());

/** A stream of the seeded HubSpot integration that is due in an hour, and the way to call about it. */
async function prepared() {
  const [place] = await live.owner`
    select i.id as integration, t.id as template, c.id as customer, e.id as environment, e.vendor_id as vendor
      from integrations i join templates t on t.integration_id = i.id join environments e on e.id = i.environment_id
      join customers c on c.environment_id = e.id where i.connector_key = 'hubspot' limit 1`;
  const { stream, connection } = await createConnection(live.owner, place as never, { due_at: new Date(Date.now() + 3_600_000) });
  const [account] = await live.owner`select account_id from connections where id = ${connection}`;
  const ctx: Ctx = {
    ...live.deps,
    actor: { type: "system", reason: "test" },
    scope: { vendorId: place?.["vendor"], environmentId: place?.["environment"] } as Scope,
    requestId: "req_test",
  };
  const { url } = await createInboundEndpoint(ctx, { integrationId: place?.["integration"] as IntegrationId });
  const ingress = createIngress(live.deps);
  const call = () => {
    const body = JSON.stringify([
      {
        eventId: 1,
        subscriptionId: 2,
        objectId: 3,
        occurredAt: 4,
        subscriptionType: "contact.creation",
        portalId: account?.["account_id"],
      },
    ]);
    const ts = String(Date.now());
    const headers: Record<string, string> = {
      "x-hubspot-signature-v3": createHmac("sha256", SECRET).update(`POST${url}${body}${ts}`).digest("base64"),
      "x-hubspot-request-timestamp": ts,
    };
    const target = new URL(url).pathname;
    const token = target.split("/").at(-1) ?? "";
    const header = (name: string) => headers[name] ?? null;
    return ingress.receive({ method: "POST", connector: "hubspot", token, target, header, read: async () => Buffer.from(body) });
  };
  return { stream, call };
}

const inboxRow = async () => (await live.owner`select status, attempts, content, error from inbox`)[0];

test("F-76: a worker that dies between claim and poke: the call is claimed again, and its stream runs", async () => {
  const { stream, call } = await prepared();
  const gone = once(live.startWorker("inbox.after_claim"), "exit");
  expect((await call()).status).toBe(200);
  const [, signal] = await gone;
  expect(signal).toBe("SIGKILL");
  expect(await inboxRow()).toMatchObject({ status: "waiting", attempts: 1 });
  await live.owner`update inbox set claimed_until = now()`; // the lease of a minute, over
  live.startWorker();
  expect(await eventually(inboxRow, (row) => row?.["status"] !== "waiting", 60_000)).toMatchObject({
    status: "done",
    attempts: 2,
    content: null,
  });
  const runs = () => live.owner`select trigger from runs where stream_id = ${stream} and trigger <> 'activation'`;
  expect((await eventually(runs, (rows) => rows.length > 0)).map((row) => row["trigger"])).toEqual(["webhook"]);
  expect((await call()).status).toBe(200); // the same call once more
  expect(await live.owner`select 1 from inbox`).toHaveLength(1);
});
