import { Manifest, type ManifestInput } from "#server/runtime/manifest";

/** The least a connector can be, with auth of the test's own. */
export const tinyManifest = (auth: ManifestInput["auth"], rest: Partial<ManifestInput> = {}): Manifest =>
  Manifest.parse({
    key: "tiny",
    name: "Tiny",
    tagline: "A system nobody has seen",
    description: "For tests.",
    categories: ["Test"],
    docs: [{ title: "None", url: "https://tiny.example/docs", readAt: "2026-11-21" }],
    auth,
    identify: { request: { path: "/me" }, accountId: "id", label: "{name}" },
    check: { path: "/me" },
    http: { baseUrl: "https://api.tiny.example", errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 } },
    pagination: { type: "cursor", next: "next", place: { in: "query", name: "cursor" } },
    objects: {
      thing: {
        title: "Things",
        list: { path: "/things" },
        records: "items",
        id: "id",
        updatedAt: "at",
        fields: [{ path: "id", type: "string", title: "Id" }],
        sample: { id: "1", at: "2026-01-01T00:00:00Z" },
      },
    },
    ...rest,
  } satisfies ManifestInput);
