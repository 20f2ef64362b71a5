import type { ConnectionView, RunView, StreamView } from "#server/trpc/views";
import type { EmbedBootstrap, IntegrationDetail, MarketplaceCard } from "#server/trpc/views/embed";
import type { Say } from "#server/words/say";

// Made-up data for the preview of a look: every kind of card and state once, in round numbers.

const MINUTE = 60_000;
const since = (ms: number) => new Date(Date.now() - ms);

const NOTHING = { categories: [], badge: null, featured: false, connectionId: null, accounts: 0 } as const;
const iconOf = (name: string) => `/v1/icons/${name.toLowerCase()}.svg`;
const card = (id: string, name: string, tagline: string, rest: Partial<MarketplaceCard>): MarketplaceCard => ({
  ...NOTHING,
  ...{ id, name, tagline, connectorKey: "sample", iconUrl: iconOf(name), categories: [] },
  ...rest,
});

const cardsIn = (say: Say): MarketplaceCard[] => [
  card("int_b", "Salesforce", "Accounts, contacts and opportunities.", {
    badge: "attention",
    connectionId: "con_b",
    accounts: 1,
    categories: [say("category.crm")],
  }),
  card("int_a", "HubSpot", "Contacts and companies, kept up to date.", {
    badge: "connected",
    connectionId: "con_a",
    accounts: 1,
    categories: [say("category.crm")],
  }),
  card("int_c", "Stripe", "Payments and customers.", { categories: [say("category.payments"), say("category.finance")] }),
  card("int_d", "Shopify", "Orders and products.", { categories: [say("category.e_commerce")] }),
  card("int_e", "Zendesk", "Tickets and their requesters.", { categories: [say("category.support")] }),
  card("int_f", "QuickBooks", "Invoices and payments.", { badge: "coming_soon", categories: [say("category.accounting")] }),
];

const stream = (over: Partial<StreamView>): StreamView => ({
  ...{ id: "str_a", key: "contacts", templateId: "tpl_a", label: "Contacts", object: "contacts", modelKey: "contact" },
  ...{ status: "active", state: "active", phase: "incremental", progress: null, recordCount: 34_200, quarantineCount: 0 },
  ...{ templateVersion: 1, mappingVersion: 1, mappedVersion: 1, pauseReasons: [], decisions: 0 },
  ...{ direction: "pull" as const, heldCount: 0, conflictCount: 0 },
  ...{ lastSuccessAt: since(2 * MINUTE), nextRunAt: new Date(Date.now() + 3 * MINUTE), waitingUntil: null, missing: null, problem: null },
  ...{ direction: "pull" as const, heldCount: 0, conflictCount: 0 },
  ...over,
});

const connection = (over: Partial<ConnectionView>): ConnectionView => ({
  ...{ id: "con_a", integrationId: "int_a", integrationName: "HubSpot", connectorKey: "sample", iconUrl: iconOf("HubSpot") },
  ...{ customerId: "cus_a", customerName: "Globex", state: "syncing", accountId: "8423016", accountLabel: "globex.example" },
  ...{ createdAt: since(90 * 24 * 60 * MINUTE), problem: null },
  streams: [
    stream({}),
    stream({
      ...{ id: "str_b", key: "companies", label: "Companies", object: "companies", state: "syncing", phase: "backfill" },
      progress: { runId: "run_b", kind: "backfill", done: 8_400, total: 12_000, perSecond: 120, etaSeconds: 30 },
      quarantineCount: 3,
    }),
  ],
  ...over,
});

const run = (over: Partial<RunView>): RunView & { streamLabel: string } => ({
  ...{ id: "run_a", streamId: "str_a", kind: "incremental", trigger: "schedule", status: "succeeded", pages: 1 },
  ...{ seen: 48, created: 12, updated: 36, deleted: 0, skipped: 0, unchanged: 0, quarantined: 0, legs: 1, problem: null },
  ...{ startedAt: since(2 * MINUTE), finishedAt: since(2 * MINUTE - 4_000), streamLabel: "Contacts" },
  ...over,
});

function detailOf(all: readonly MarketplaceCard[], id: string): IntegrationDetail {
  const found = all.find((one) => one.id === id) ?? all[0];
  if (!found) throw new Error("no sample");
  return {
    ...found,
    ...{ description: found.tagline, authType: "api_key", locked: false, connections: [] },
    permissions: { reasons: ["Contacts", "Companies"], scopes: ["contacts.read", "companies.read"] },
    reads: [{ label: "Contacts", fields: ["Name", "E-mail", "Phone", "Company"] }],
    writes: [],
    templates: [
      {
        id: "tpl_a",
        name: "Contacts",
        description: found.tagline,
        streams: [{ key: "contacts", label: "Contacts", direction: "pull", deletes: false }],
        installedOn: [],
      },
    ],
    fields: [
      {
        ...{ key: "key", title: "API key", help: null, example: "sk_…", pattern: null, options: null },
        ...{ secret: true, required: true, multiline: false },
      },
    ],
  };
}

/** What the screens of the preview ask, answered; null where there is nothing made up. */
export function sampleAnswer(path: string, input: unknown, say: Say, title: string): unknown {
  const id = (name: string) => (input as Record<string, string> | undefined)?.[name] ?? "";
  const cards = cardsIn(say);
  switch (path) {
    case "session.bootstrap": {
      const theme = {
        accent: null,
        background: null,
        surface: null,
        radius: null,
        font: null,
        fontUrl: null,
        appearance: "auto",
        logoUrl: null,
      };
      return { customerName: "Globex", vendorName: "Acme", title, theme, environmentKind: "live", language: null } as EmbedBootstrap;
    }
    case "marketplace.list":
      return cards;
    case "marketplace.requested":
      return [];
    case "marketplace.get":
      return detailOf(cards, id("integrationId"));
    case "connections.get":
      return id("connectionId") === "con_b"
        ? connection({
            ...{ id: "con_b", integrationId: "int_b", integrationName: "Salesforce", iconUrl: iconOf("Salesforce") },
            ...{ state: "reauth", streams: [stream({ state: "reauth" })] },
          })
        : connection({});
    case "runs.list":
      return {
        items: [run({}), run({ id: "run_c", kind: "backfill", trigger: "activation", created: 34_152, updated: 0, seen: 34_152 })],
        next: null,
      };
    case "problems.list":
      return [];
    default:
      return null;
  }
}
