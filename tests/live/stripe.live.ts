import type { CustomerCtx } from "#server/lib/context";
import { startEmulator } from "./support/emulator";
import { journey } from "./support/journey";
import { connectByForm, type Product } from "./support/product";
import { type Rule, startRelay } from "./support/relay";

const CUSTOMERS = 350;
const ACCOUNT = { id: "acct_live0001", object: "account", settings: { dashboard: { display_name: "Harbour" } } };
const KEY = "rk_test_live0000000000000000";
const REFUSAL = { error: { type: "invalid_request_error", message: "Invalid API Key provided: rk_test_****" } };

type Event = { id: string; object: "event"; type: string; created: number; data: { object: unknown } };

/** Stripe's feed of events, newest first, as far as it is asked for: what emulate itself told happened. */
function feedOf(events: readonly Event[], path: string): object {
  const asked = new URL(path, "http://x").searchParams;
  const types = [...asked].flatMap(([name, text]) => (/^types?(?:\[|$)/.test(name) ? [text] : []));
  const since = Number(asked.get("created[gte]") ?? 0);
  const found = events.filter((one) => types.includes(one.type) && one.created >= since).reverse();
  const from = found.findIndex((one) => one.id === asked.get("starting_after")) + 1;
  const size = Number(asked.get("limit") ?? 10);
  return { object: "list", url: "/v1/events", data: found.slice(from, from + size), has_more: found.length > from + size };
}

/** What stands in front of emulate: the account, the key, and the feed it has not. */
function rules(events: Event[]): Rule {
  return (onward) => {
    if (onward.path.startsWith("/hooks")) {
      const told = JSON.parse(onward.body.toString()) as Pick<Event, "type" | "data">;
      events.push({ id: `evt_${events.length + 1}`, object: "event", created: Math.floor(Date.now() / 1_000), ...told });
      return { status: 200, json: {} };
    }
    if (onward.headers["authorization"] !== `Bearer ${KEY}`) return { status: 401, json: REFUSAL };
    if (onward.path === "/v1/account") return { status: 200, json: ACCOUNT };
    return onward.path.startsWith("/v1/events?") ? { status: 200, json: feedOf(events, onward.path) } : onward;
  };
}

async function start(product: Product) {
  const relay = await startRelay(rules([]));
  const { integrationId } = await product.integrate({ connector: "stripe", auth: "key", sandboxOrigin: relay.origin });
  const emulator = await startEmulator("stripe", "stripe", "https://api.stripe.com", {
    stripe: {
      webhooks: [{ url: `${relay.origin}/harbour.example/hooks`, events: ["*"] }],
      customers: Array.from({ length: CUSTOMERS }, (_, i) => ({ email: `person-${i}@harbour.example`, name: `Person № ${i} ☂` })),
    },
  });
  relay.to(emulator.address);
  const ask = async (method: string, path: string, fields?: Record<string, string>) => {
    const headers = { authorization: "Bearer sk_test_somebody" };
    const answer = await fetch(`${emulator.address}${path}`, { method, headers, ...(fields ? { body: new URLSearchParams(fields) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown> & { data: Record<string, unknown>[]; has_more: boolean };
  };
  return {
    relay,
    version: "emulate 0.12.1",
    integrationId,
    object: "customer",
    label: "Harbour",
    connect: (ctx: CustomerCtx) => connectByForm(ctx, integrationId, { key: KEY }),
    async truth() {
      const found = new Map<string, Record<string, unknown>>();
      for (let after = ""; ; ) {
        const query = new URLSearchParams({ limit: "37", ...(after === "" ? {} : { starting_after: after }) });
        const { data, has_more } = await ask("GET", `/v1/customers?${query}`);
        for (const row of data) found.set(String(row["id"]), row);
        after = String(data.at(-1)?.["id"]);
        if (!has_more) return found;
      }
    },
    mapped: (row: Record<string, unknown>) => ({ id: row["id"], name: row["name"], email: row["email"], metadata: {}, livemode: false }),
    async change() {
      const [moved, gone] = (await ask("GET", "/v1/customers?limit=2")).data.map((row) => String(row["id"]));
      await ask("POST", `/v1/customers/${moved}`, { name: "Moved to the harbour" });
      const made = await ask("POST", "/v1/customers", { name: "Opened today", email: "new@harbour.example" });
      await ask("DELETE", `/v1/customers/${gone}`);
      return { changed: [String(moved)], made: [String(made["id"])], gone: [String(gone)] };
    },
    wrong: {
      attempt: (ctx: CustomerCtx) => connectByForm(ctx, integrationId, { key: "rk_test_another000000000000" }),
      code: "invalid",
      says: /does not accept this key/,
    },
    stop: () => emulator.close(),
  };
}

journey("stripe", {
  start,
  notes: [
    "emulate has no /v1/account: the relay answers it.",
    "emulate takes any key, and none: the relay refuses all but one, as Stripe does.",
    "emulate has no /v1/events, and calls a webhook with each event: the relay keeps what emulate told, and gives it out as Stripe's feed does.",
    "Customers only: emulate has no invoices, subscriptions and payouts, and makes charges out of payments alone.",
  ],
});
