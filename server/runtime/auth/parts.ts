import { z } from "zod";
import { patternFault } from "../pattern";

/** A place in a JSON value: names and indexes joined by dots, `paging.next.after`. */
export const Path = z.string().regex(/^[^.\s][^.]*(\.[^.]+)*$/u, "must be a path: names joined by dots, like data.items");
/** Names of fields and of values taken from answers. Names of ours (`accessToken`) have capitals, so the two never meet. */
export const Key = z.string().regex(/^[a-z][a-z0-9_]*$/, "must be a name of small letters, digits and _, like sales_order");
/** An https address; holes may stand in host, path and query. */
export const HttpsUrl = z
  .string()
  .regex(/^https:\/\/[a-z0-9.{}_-]+(:\d+)?([/?]\S*)?$/iu, "https only: must be an address like https://api.example.com/v1");

/** Groups that repeat what already repeats take for ever on the wrong input; nobody's pattern needs them. */
const ENDLESS = /\((?:[^()\\]|\\.)*[+*}](?:[^()\\]|\\.)*\)[+*{]/;

/** `(?:\.[a-z0-9-]+)`: further labels of a host. Each begins with what none of them holds, so there is one way to read them. */
const LABELS = /\(\?:\\\.\[[\w-]+\]\+\)[+*]?/g;

/** A regular expression that is looked for in a text; see `matchPattern` for what it may hold. */
export const Sought = z
  .string()
  .max(500)
  .superRefine((source, report) => {
    const message = patternFault(source);
    if (message) report.addIssue({ code: "custom", message });
  });

/** A regular expression for a whole value. Named groups, `(?<dc>us\d+)`, become values of their own. The browser tries it too. */
export const Pattern = Sought.refine((source) => !ENDLESS.test(source.replace(LABELS, "")), "a repetition inside a repetition");

/** A question of the connect form. Its answer is put where a `{key}` stands. */
export const ConnectFieldSpec = z.strictObject({
  key: Key,
  title: z.string(),
  help: z.string().optional(),
  example: z.string().optional(),
  /** What the whole answer looks like. Named groups, `-(?<dc>us\d+)`, become values of their own. */
  pattern: Pattern.optional(),
  /** The answers there are: the customer chooses. */
  options: z
    .array(z.strictObject({ value: z.string(), title: z.string() }))
    .min(2)
    .optional(),
  secret: z.boolean().default(false),
  required: z.boolean().default(true),
  /**
   * The answer has lines: a key file. It can then be signed with and sent in a JSON body, and nowhere else. A form of one line
   * will do: a PEM gets its lines back, and JSON needs none.
   */
  multiline: z.boolean().default(false),
  /** The answer is a JSON document (a key file): values taken out of it, by name. */
  json: z.record(Key, Path).optional(),
});
export type ConnectFieldSpec = z.output<typeof ConnectFieldSpec>;

/** Text by name; the text may hold `{holes}`. */
export const Texts = z.record(z.string(), z.string());
