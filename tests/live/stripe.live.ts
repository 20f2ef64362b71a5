import type { CustomerCtx } from "#server/lib/context";
import { startEmulator } from "./support/emulator";
import { journey } from "./support/journey";
import { connectByForm, type Product } from "./support/product";
import { startRelay } from "./support/relay";

const CUSTOMERS = 350;
const ACCOUNT = { id: "acct_live0001", object: "account", settings: { dashboard: { display_name: "Harbour" } } };

async function start(product: Product) {
  const relay = await startRelay((onward) => (onward.path === "/v1/account" ? { status: 200, json: ACCOUNT } : onward));
  const { integrationId } = await product.integrate({ connector: "stripe", auth: "key", sandboxOrigin: relay.origin });
  const emulator = await startEmulator("stripe", "stripe", "https://api.stripe.com", {
    stripe: {
      customers: Array.from({ length: CUSTOMERS }, (_, i) => ({ email: `person-${i}@harbour.example`, name: `Person № ${i} ☂` })),
    },
  });
  relay.to(emulator.address);
  return {
    relay,
    version: "emulate 0.12.1",
    integrationId,
    object: "customer",
    label: "Harbour",
    connect: (ctx: CustomerCtx) => connectByForm(ctx, integrationId, { key: "rk_test_live0000000000000000" }),
    async truth() {
      const found = new Map<string, Record<string, unknown>>();
      for (let after = ""; ; ) {
        const query = new URLSearchParams({ limit: "37", ...(after === "" ? {} : { starting_after: after }) });
        const answer = await fetch(`${emulator.address}/v1/customers?${query}`, { headers: { authorization: "Bearer sk_test_somebody" } });
        const { data, has_more } = (await answer.json()) as { data: Record<string, unknown>[]; has_more: boolean };
        for (const row of data) found.set(String(row["id"]), row);
        after = String(data.at(-1)?.["id"]);
        if (!has_more) return found;
      }
    },
    mapped: (row: Record<string, unknown>) => ({ id: row["id"], name: row["name"], email: row["email"], metadata: {}, livemode: false }),
    change: () => Promise.reject(new Error("not run")),
    stop: () => emulator.close(),
  };
}

journey("stripe", {
  start,
  notRun: {
    incremental: "emulate has no /v1/events, by which Stripe tells what changed",
    wrong: "emulate takes any key for a good one, and none",
  },
  notes: ["emulate has no /v1/account: the relay answers it."],
});
