import { requestFaults } from "#server/runtime/checks/request-faults";
import { Manifest } from "#server/runtime/manifest";

/** A private connector without a fault. */
export const HARBOUR = {
  key: "x-harbour",
  name: "Harbour",
  tagline: "Berths and vessels",
  description: "A port's own system.",
  categories: ["Operations"],
  docs: [{ title: "API", url: "https://harbour.example/docs", readAt: "2026-11-21" }],
  auth: {
    key: {
      type: "api_key",
      title: "API key",
      fields: [
        { key: "org_id", title: "Organisation" },
        {
          key: "mode",
          title: "Pages",
          options: [
            { value: "page", title: "By number" },
            { value: "offset", title: "By offset" },
          ],
        },
        { key: "api_key", title: "API key", secret: true },
      ],
      headers: { "x-harbour-key": "{api_key}" },
    },
  },
  identify: { request: { path: "/me" }, accountId: "port.code", label: "{port.name}" },
  check: { path: "/me" },
  http: { baseUrl: "https://api.harbour.example/v1", errorMessage: "error", rateLimit: { defaultWaitMs: 1_000 } },
  pagination: { type: "cursor", next: "next", place: { in: "query", name: "cursor" } },
  objects: {
    vessel: {
      title: "Vessels",
      list: { path: "/orgs/{org_id}/vessels" },
      records: "items",
      id: "imo",
      updatedAt: "changed",
      changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 1_000 },
      writes: {
        create: { request: { method: "POST", path: "/vessels", body: { name: "{data.name}" } }, id: "imo" },
        fields: [{ path: "name", type: "string", title: "Name" }],
      },
      fields: [{ path: "imo", type: "string", title: "IMO number" }],
      sample: { imo: "9074729", changed: "2026-01-01T00:00:00Z" },
    },
    call: {
      title: "Calls",
      each: "vessel",
      unique: true,
      list: { path: "/vessels/{parent}/calls" },
      records: "items",
      id: "id",
      fields: [{ path: "id", type: "string", title: "ID" }],
      sample: { id: "1" },
    },
  },
  actions: {
    find: {
      title: "Find",
      description: "Finds a vessel.",
      kind: "lookup",
      input: [{ key: "query", title: "Query", type: "string", required: true }],
      request: { method: "GET", path: "/search", query: { q: "{query}" } },
      output: [{ path: "$", type: "object", title: "Answer" }],
      sample: { input: { query: "a" }, answer: {} },
    },
  },
};

/** What is said of the file with some of it replaced, by path; undefined takes a part out. */
export function harbourFaults(changes: Record<string, unknown> = {}): string[] {
  const whole = structuredClone(HARBOUR) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split("/");
    const last = steps.pop() ?? "";
    const holder = steps.reduce<Record<string, unknown>>((here, step) => {
      here[step] ??= {};
      return here[step] as Record<string, unknown>;
    }, whole);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return requestFaults(Manifest.parse(whole)).map(({ path, message }) => `${path.join(".")}: ${message}`);
}
