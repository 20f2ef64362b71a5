import type { Words } from "./words";

/** Files made on demand. */
export const EXPORTS: Words = {
  "objects.job": [
    "Everything is written to a file on demand, which is then read.",
    {
      create: { method: "POST", path: "/exports" },
      id: "id",
      poll: { path: "/exports/{job}" },
      status: "state",
      ready: ["done"],
      failed: ["failed"],
      protocol: { type: "csv" },
    },
  ],
  "job.create": ["How the file is asked for.", { method: "POST", path: "/exports" }],
  "job.id": [
    "Where its id stands: a path, or a header, and of a longer text what a pattern finds.",
    { header: "location", pattern: "/exports/([^/]+)" },
  ],
  "job.poll": ["How one asks whether it is ready. Left out where the id is the address to ask at.", { path: "/exports/{job}" }],
  "job.status": ["Where the answer says it; `{ http: true }`: by its HTTP status.", "state"],
  "status.http": ["The HTTP status says it, as 202 and 200 do.", true],
  "job.ready": ["What it says then; true and false are words as well.", ["done"]],
  "job.failed": ["What it says when it came to nothing.", ["failed"]],
  "job.everyMs": ["How often one asks, in ms.", 5_000],
  "job.maxMs": ["How long one waits at most, in ms.", 21_600_000],
  "job.total": ["Where the answer that says it is ready tells how many rows there are.", "rows"],
  "job.file": [
    "Where the address or name of the file stands, or of several, which are read one after the other. Without it and `download`, the file is what comes at the address of `poll`.",
    "url",
  ],
  "job.locate": [
    "Asked when the file is ready, where only this tells its address; `{file}` is what `file` says.",
    { request: { path: "/documents/{file}" }, file: "url" },
  ],
  "locate.request": ["What is asked.", { path: "/documents/{file}" }],
  "locate.file": ["Where its answer has the address.", "url"],
  "job.unpack": ["What the file is packed in. One that is not after all is taken as it is; an archive holds one file.", "gzip"],
  "job.parts": [
    "The file comes in parts: each tells the mark of the next.",
    { next: { header: "sforce-locator" }, none: "null", place: { in: "query", name: "locator" } },
  ],
  "parts.next": ["Where the mark stands.", { header: "sforce-locator" }],
  "parts.place": ["Where it goes in the request for the next.", { in: "query", name: "locator" }],
  "parts.none": ["What stands there when there is no further part; where nothing does, there is none either.", "null"],
  "job.fileHosts": ["Hosts the file may come from besides the API's own; they get no credential.", ["*.storage.example.com"]],
  "job.download": ["How the file is fetched, where it has no address of its own.", { path: "/exports/{job}/file" }],
  "job.protocol": ["How the file is read. CSV and JSON lines may be of any size; anything else must fit into 64 MiB.", { type: "csv" }],
  "job.records": ["Where its rows stand.", "rows"],
  "job.pageRows": ["Rows that are written at once.", 500],
  "objects.file": [
    "Everything stands in one file that is always there: a report, a nightly dump. It is read as it comes in, and stands in for the full listing. When it is fetched again in the middle, it is gone on with only where it begins as before; else it is read anew.",
    { request: { path: "/reports/workers.csv", timeoutMs: 600_000 }, protocol: { type: "csv" } },
  ],
  "file.request": ["How it is fetched.", { path: "/reports/workers.csv", timeoutMs: 600_000 }],
  "file.protocol": ["How it is read. CSV and JSON lines may be of any size; anything else must fit into 64 MiB.", { type: "csv" }],
  "file.records": ["Where its rows stand.", "rows"],
  "file.unpack": ["What it is packed in. One that is not after all is taken as it is; an archive holds one file.", "gzip"],
  "file.fileHosts": ["Hosts it may come from besides the API's own; they get no credential.", ["*.storage.example.com"]],
  "file.pageRows": ["Rows that are written at once.", 500],
};
