import { z } from "zod";
import { Path } from "../auth/parts";
import { RequestSpec } from "./request-schema";
import { Outcome } from "./schema";

const NAMES = { id: /\{(?:id|row\.[^{}]+)(?:\|[a-z]+)?\}/, ids: /\{ids(?:\|[a-z]+)?\}/ };

/**
 * Each record of a list is fetched by its `{id}`, by other fields of its row (`{row.type}`), at the `address` that the row has there (on
 * the same host), or with `batch` many at once by their `{ids}`: joined in a text, a list where nothing
 * else stands in a body. `id` is where a row of the list has it (`$`: the row is the id), when not where the record has it. One that
 * is not there (404, 410) is left out; it is deleted where its answer is one of `gone`, or with `batch.gone` when it does not come.
 */
export const Get = z
  .strictObject({
    request: RequestSpec.optional(),
    address: Path.optional(),
    record: Path.default("$"),
    id: Path.optional(),
    batch: z
      .strictObject({
        size: z.number().int().min(2).max(1_000),
        records: Path,
        join: z.string().max(20).default(","),
        gone: z.boolean().default(false),
      })
      .optional(),
    gone: z.array(Outcome).default([]),
    concurrency: z.number().int().min(1).max(16).default(4),
  })
  .refine(
    ({ request, address }) => (request === undefined) !== (address === undefined),
    "takes a `request`, or an `address`, and one of them",
  )
  .refine(({ address, batch }) => address === undefined || batch === undefined, "`batch` needs a `request`")
  .refine(
    ({ request, batch }) => request === undefined || NAMES[batch ? "ids" : "id"].test(JSON.stringify(request)),
    "the request holds no `{id}`, or with `batch` no `{ids}`",
  );

export type Get = z.output<typeof Get>;

/**
 * Records stand in lists inside the rows, as lines do in orders; pages are counted by the rows. `list` is where in a row, `with` what a
 * record is told of its row: path in the record → path in the row. A row without its list is an error, unless it leaves out an empty one.
 */
export const Nested = z.strictObject({ list: Path, with: z.record(Path, Path).default({}), leavesOutEmpty: z.boolean().default(false) });
export type Nested = z.output<typeof Nested>;
