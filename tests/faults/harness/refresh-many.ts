// A process that reads one account so many times at once, when it is told to. Tells how many readings went well.
import { openDatabase } from "#server/db/client";
import { createEgress } from "#server/runtime/egress-undici";
import { openSource } from "#server/runtime/source";
import { testVault } from "#tests/support/world";

const [url = "", owner = "{}", times = "10"] = process.argv.slice(2);
const deps = {
  db: openDatabase({ url, role: "worker", poolSize: 4, systemPoolSize: 1 }),
  vault: testVault,
  egress: createEgress({ allowLoopback: true }),
  clock: { now: () => new Date() },
};
const read = async () => {
  const source = await openSource(deps, { ...JSON.parse(owner), object: "contact", phase: "backfill" });
  await source.readPage(null);
};
process.once("message", async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: Number(times) }, read));
  process.send?.(outcomes.map((one) => (one.status === "fulfilled" ? "fine" : String(one.reason))));
  await deps.db.close();
  process.disconnect();
});
process.send?.("ready");
