import { describe } from "vitest";
import type { Manifest, ManifestInput } from "#server/runtime/manifest";
import { showAll, zed, zedThing } from "#tests/support/zed";

type Job = NonNullable<ManifestInput["objects"][string]["job"]>;

const job: Job = {
  create: { method: "POST", path: "/exports", body: { of: "things" } },
  id: "id",
  poll: { path: "/exports/{job}" },
  status: "state",
  ready: ["done"],
  protocol: { type: "ndjson" },
};

const { list: _, ...unlisted } = zedThing;

/** A system that gives its records out in files. */
const manifest = (over: Partial<Job>, rest: Partial<ManifestInput["objects"][string]> = {}): Manifest => {
  const sample = { ...zedThing.sample, note: "a, b" };
  return zed({ objects: { thing: { ...unlisted, sample, job: { ...job, ...over }, ...rest } } });
};

const PLAYED: Record<string, Manifest> = {
  "a file that is always there": zed({
    objects: {
      thing: {
        ...unlisted,
        sample: { ...zedThing.sample, note: "a, b" },
        file: { request: { path: "/report.csv", timeoutMs: 300_000 }, protocol: { type: "csv" }, unpack: "gzip" },
        deletes: { by: "scan" },
      },
    },
  }),
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

describe("a file made on demand", () => showAll(PLAYED));
