import { describe, test } from "vitest";
import { Manifest, type ManifestInput } from "#server/runtime/manifest";
import { openBench, straight } from "./bench";
import { proofsOf } from "./proofs";

type Job = NonNullable<ManifestInput["objects"][string]["job"]>;

const job: Job = {
  create: { method: "POST", path: "/exports", body: { of: "things" } },
  id: "id",
  poll: { path: "/exports/{job}" },
  status: "state",
  ready: ["done"],
  protocol: { type: "ndjson" },
};

/** A system that gives its records out in files. */
const manifest = (over: Partial<Job>, rest: Partial<ManifestInput["objects"][string]> = {}): Manifest =>
  Manifest.parse({
    key: "x-zed",
    name: "Zed",
    tagline: "",
    description: "",
    categories: ["Test"],
    docs: [{ title: "Docs", url: "https://docs.zed.example/", readAt: "2026-11-21" }],
    auth: {
      key: {
        type: "api_key",
        title: "Key",
        fields: [{ key: "api_key", title: "Key", secret: true }],
        headers: { authorization: "{api_key}" },
      },
    },
    identify: { request: { path: "/me" }, accountId: "id", label: "{id}" },
    check: { path: "/me" },
    http: { baseUrl: "https://api.zed.example/v1", errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 } },
    pagination: { type: "cursor", next: "next", place: { in: "query", name: "cursor" } },
    objects: {
      thing: {
        title: "Things",
        records: "data",
        id: "id",
        updatedAt: "at",
        fields: [{ path: "id", type: "string", title: "Id" }],
        sample: { id: "1", at: "2026-01-01T00:00:00Z", note: "a, b" },
        job: { ...job, ...over },
        ...rest,
      },
    },
  } satisfies ManifestInput);

const PLAYED: Record<string, Manifest> = {
  "its address on the API's own host": manifest({ file: "url" }),
  "its address in a store of files, packed": manifest({
    file: "result.url",
    fileHosts: ["*.store.example"],
    unpack: "gzip",
    protocol: { type: "csv" },
  }),
  "a name, whose address is asked for": manifest({
    file: "document",
    locate: { request: { path: "/documents/{file}" }, file: "url" },
    unpack: "zip",
  }),
  "parts by a mark in a header": manifest({
    download: { path: "/exports/{job}/results" },
    parts: { next: { header: "x-next" }, none: "null", place: { in: "query", name: "locator" } },
    protocol: { type: "csv" },
    total: "rows",
  }),
  "all told by headers and states": manifest({
    ...{ create: job.create, id: { header: "location" }, status: { http: true }, ready: ["200"], protocol: { type: "csv" } },
    poll: undefined,
    file: undefined,
  }),
  "true or false, and the rows beside it": manifest({ status: "complete", ready: ["true"], protocol: { type: "json" }, records: "rows" }),
  "changes by a listing": manifest(
    { file: "url" },
    {
      list: { path: "/things" },
      changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 60_000 },
      deletes: { by: "scan", everyMs: 86_400_000 },
    },
  ),
};

describe.each(Object.entries(PLAYED))("a file made on demand: %s", (_, played) => {
  test.each(proofsOf(played).map((proof) => [proof.claim, proof] as const))("%s", async (__, proof) => {
    const bench = await openBench(proof.scaled?.(played) ?? played, proof.auth, { pages: {} }, straight, proof.answers);
    await proof.run(bench, {});
    await bench.stop();
  });
});
