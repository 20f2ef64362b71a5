import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "#server/lib/ids";
import { eventually } from "#tests/support/live";
import { insert } from "#tests/support/world";
import type { Bed } from "../bed";
import type { Case } from "../case";

const attemptsOf = async (bed: Bed) =>
  Number((await bed.owner`select coalesce(max(attempts), 0)::int as n from webhook_deliveries`)[0]?.["n"]);

const endpointAway: Case = {
  id: "F-79",
  seconds: 25,
  fast: true,
  async run(bed, tell) {
    bed.vendor.behave(() => 503);
    const worker = bed.startWorker();
    const account = await bed.connect(1_000, { intervalMs: 3_600_000 });
    await bed.backfilled([account]);
    await eventually(
      () => attemptsOf(bed),
      (n) => n >= 1,
    );
    await eventually(
      async () => {
        await bed.owner`update webhook_deliveries set next_attempt_at = now() where status = 'pending'`; // its time has come
        const rows =
          await bed.owner`select w.id, w.environment_id, e.vendor_id from webhook_endpoints w join environments e on e.id = w.environment_id`;
        for (const row of rows)
          await bed.deps.keeping.pokeEndpoint({ endpointId: row["id"], environmentId: row["environment_id"], vendorId: row["vendor_id"] });
        return attemptsOf(bed);
      },
      (n) => n >= 4,
    );
    const refused = bed.vendor.deliveries.filter((one) => one.answered === 503).length;
    bed.vendor.behave(() => 204);
    tell.recovery(await bed.quiet([account]));
    const ids = new Set(bed.vendor.deliveries.filter((one) => one.answered === 503).map((one) => one.id));
    const delivered = [...ids].filter((id) => bed.vendor.deliveries.some((one) => one.id === id && one.answered === 204)).length;
    tell.figure("deliveries refused meanwhile", refused);
    tell.figure("events refused at first and delivered in the end", `${delivered} of ${ids.size}`);
    assert.equal(delivered, ids.size);
    await bed.killWorker(worker);
    return [account];
  },
};

const slowEndpoint: Case = {
  id: "F-80",
  seconds: 40,
  own: {},
  async run(bed, tell) {
    const [first] = await bed.owner`select * from webhook_endpoints where status = 'active' limit 1`;
    const account = await bed.connect(300, { intervalMs: 2_000 });
    const worker = bed.startWorker();
    await bed.backfilled([account]);
    await bed.quiet([account]);
    const lag = async () => {
      const [before, since] = [bed.vendor.deliveries.length, performance.now()];
      await bed.change(account, 1, bed.random);
      await eventually(
        async () => bed.vendor.deliveries.length,
        (n) => n > before,
      );
      return performance.now() - since;
    };
    const alone: number[] = [];
    for (let i = 0; i < 5; i++) alone.push(await lag());
    // Another endpoint of the same vendor: it takes every call and never answers.
    let hung = 0;
    const silent = (await import("node:http")).createServer(() => void hung++).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as import("node:net").AddressInfo;
    const id = newId("endpoint");
    await insert(bed.owner, "webhook_endpoints", {
      id,
      environment_id: first?.["environment_id"],
      url: `http://127.0.0.1:${port}/`,
      secret: bed.deps.vault.seal("whsec_AAAA", {
        environmentId: first?.["environment_id"],
        customerId: "",
        ownerId: id,
        field: "secret",
        version: 1,
      }),
    });
    await bed.change(account, 5, bed.random);
    await eventually(
      async () => hung,
      (n) => n > 0,
    );
    const beside: number[] = [];
    for (let i = 0; i < 5; i++) beside.push(await lag());
    tell.figure("slowest delivery alone, ms", Math.round(Math.max(...alone)));
    tell.figure("slowest beside an endpoint that never answers, ms", Math.round(Math.max(...beside)));
    assert.ok(Math.max(...beside) < 15_000, "no delivery waited for the other endpoint's time-out of 20 s");
    await bed.owner`update webhook_endpoints set status = 'disabled' where id = ${id}`;
    silent.closeAllConnections();
    silent.close();
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
};

/** The vendor has received it; the worker dies before it knows. */
const killedAfterSending: Case = {
  id: "F-83",
  seconds: 30,
  async run(bed, tell) {
    let worker = bed.startWorker();
    const account = await bed.connect(500, { intervalMs: 3_600_000 });
    let killed = 0;
    const victims: Promise<void>[] = [];
    bed.vendor.behave(() => {
      if (killed >= 2) return 204;
      killed++;
      victims.push(bed.killWorker(worker));
      return null;
    });
    for (let i = 1; i <= 2; i++) {
      await eventually(
        async () => killed,
        (n) => n >= i,
        90_000,
      );
      await Promise.all(victims);
      await bed.owner`update webhook_deliveries set next_attempt_at = now() where status = 'pending'`; // the lease of the dead one, over
      worker = bed.startWorker();
      await sleep(100);
      await bed.owner`update webhook_deliveries set next_attempt_at = now() where status = 'pending'`;
    }
    await bed.backfilled([account]);
    tell.recovery(await bed.quiet([account]));
    const told = new Map<string, number>();
    for (const { id } of bed.vendor.deliveries) told.set(id, (told.get(id) ?? 0) + 1);
    tell.figure("workers killed between sending and noting", killed);
    tell.figure("most often one event was sent, under one id", Math.max(...told.values()));
    assert.ok(Math.max(...told.values()) >= 2, "what nobody knows of is sent again");
    await bed.killWorker(worker);
    return [account];
  },
};

export const WEBHOOKS: readonly Case[] = [endpointAway, slowEndpoint, killedAfterSending];
