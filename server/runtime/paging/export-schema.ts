import { z } from "zod";
import { Path, Sought } from "../auth/parts";
import { Protocol } from "../protocols/schema";
import { RequestSpec } from "./request-schema";
import { Place } from "./schema";

/** A text of an answer: at a path of its body, or in a header. `pattern` takes it out of a longer text; its first group counts. */
const Said = z.union([
  Path,
  z
    .strictObject({ path: Path.optional(), header: z.string().toLowerCase().optional(), pattern: Sought.optional() })
    .refine((one) => (one.path === undefined) !== (one.header === undefined), "reads a path or a header"),
]);
export type Said = z.output<typeof Said>;

const FileHost = z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/);

/** Results that come in parts: what the answer tells goes into the next request for it, until it tells nothing, or `none`. */
const Parts = z.strictObject({ next: Said, place: Place, none: z.string().optional() });

/**
 * A file made on demand: asked for, waited for, fetched, read. `{job}` is its id, `{file}` what `file` says when it is ready. CSV and JSON
 * lines are read as they come in, of whatever size; what else there is must fit into 64 MiB.
 */
export const ExportJob = z
  .strictObject({
    create: RequestSpec,
    id: Said,
    /** Not given: the id is the address to ask at. */
    poll: RequestSpec.optional(),
    /** `{http: true}`: the answer's HTTP status, as 202 and 200. */
    status: z.union([Said, z.strictObject({ http: z.literal(true) })]),
    ready: z.array(z.string()).min(1),
    failed: z.array(z.string()).default([]),
    everyMs: z.number().int().positive().default(5_000),
    maxMs: z
      .number()
      .int()
      .positive()
      .default(6 * 3_600_000),
    /** Rows in all, as the answer that says "ready" tells them. */
    total: Said.optional(),
    /** Address or name of the file, or of several, which are then read one after the other. Without it and `download` the file is at the address of `poll`. */
    file: Said.optional(),
    /** Asked once the file is ready, where only this tells its address. */
    locate: z.strictObject({ request: RequestSpec, file: Said }).optional(),
    /** Hosts the file may come from besides the API's own; they get no credential. `*.` stands for one or more names. */
    fileHosts: z.array(FileHost).default([]),
    download: RequestSpec.optional(),
    /** What the file is packed in; an archive holds one file. */
    unpack: z.enum(["gzip", "zip"]).optional(),
    protocol: Protocol,
    records: Path.default("rows"),
    parts: Parts.optional(),
    pageRows: z.number().int().positive().max(5_000).default(500),
  })
  .refine((one) => one.download === undefined || one.locate === undefined, "`locate` tells an address, and `download` needs none");
export type ExportJob = z.output<typeof ExportJob>;

/**
 * A file that is always there, with everything in it: a report, a nightly dump. CSV and JSON lines are read as they come in, of whatever
 * size; what else there is must fit into 64 MiB.
 */
export const WholeFile = z.strictObject({
  request: RequestSpec,
  protocol: Protocol,
  records: Path.default("rows"),
  unpack: z.enum(["gzip", "zip"]).optional(),
  fileHosts: z.array(FileHost).default([]),
  pageRows: z.number().int().positive().max(5_000).default(500),
});
export type WholeFile = z.output<typeof WholeFile>;
