import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { listManifests } from "./index";

/**
 * What a manifest claims about writes is shown in its `fixtures/writes.json`:
 *
 *   {
 *     "contact": {                                     an object of the manifest
 *       "create": {                                    one case, or a list of cases; so for update, upsert, delete, one
 *         "data": { "email": "ada@acme.example" },     what is written, by the names of `writes.fields`
 *         "status": 201,                               of the answer; 200 when left out
 *         "answer": { "id": "151" },                   JSON; a text is sent as it is (XML); left out = an empty body
 *         "expect": {
 *           "path": "/crm/v3/objects/contacts",        what is sent: our holes filled, the connection's own as in the manifest
 *           "method": "POST", "query": {}, "headers": {}, all three optional; headers are looked for, the others compared whole
 *           "body": { "properties": { "email": "ada@acme.example" } },   before it is written as JSON, form or XML; optional
 *           "id": "151"                                what it comes to: done, under this id
 *         }
 *       },
 *       "update": { "id": "151", "version": "7", "data": {…}, "answer": {…}, "expect": { "path": "…", "id": "151" } },
 *       "delete": { "id": "151", "status": 204, "expect": { "path": "/crm/v3/objects/contacts/151" } },
 *       "one": { "id": "151", "answer": {…}, "expect": { "path": "…", "id": "151" } }       "id": null = there is none
 *     }
 *   }
 *
 * A case of a refusal: `"status": 400, "answer": {…}, "expect": { "path": "…", "outcome": "refused", "message": "part of the third
 * party's own words", "field": "email" }` (field only where it is told). Other outcomes: "later" (429), "unknown" (500).
 * A case of a batch has `"items": [{ "id", "data" }, …]` instead, and `"expect": { "path": "…", "body": …, "results": [{ "id": "1" },
 * { "outcome": "refused", "message": "…" }] }`, in the order of the items. `{ref}` is "1", "2", …; the key of `once` is "key-1", ….
 * `upsert` may say `"created": true`. `batch` of an operation, and each operation claimed, needs a case that is done; each object with
 * writes needs a case that is refused. Actions are shown by the `sample` in the manifest itself.
 */
const Outcome = z.enum(["done", "refused", "later", "unknown"]);
const Result = z.strictObject({
  outcome: Outcome.default("done"),
  id: z.string().nullable().optional(),
  created: z.boolean().optional(),
  message: z.string().optional(),
  field: z.string().optional(),
});
const Case = z.strictObject({
  id: z.string().optional(),
  version: z.string().optional(),
  data: z.record(z.string(), z.json()).optional(),
  items: z
    .array(z.strictObject({ id: z.string().optional(), data: z.record(z.string(), z.json()).optional() }))
    .min(2)
    .optional(),
  status: z.number().int().default(200),
  headers: z.record(z.string(), z.string()).default({}),
  answer: z.json().optional(),
  expect: Result.extend({
    path: z.string(),
    method: z.string().optional(),
    query: z.record(z.string(), z.string()).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.json().optional(),
    results: z.array(Result).optional(),
  }),
});
const Cases = z.union([z.array(Case).min(1), Case.transform((one) => [one])]);
const Fixture = z.record(
  z.string(),
  z.strictObject({
    create: Cases.optional(),
    update: Cases.optional(),
    upsert: Cases.optional(),
    delete: Cases.optional(),
    one: Cases.optional(),
  }),
);

function fixtureOf(key: string): z.output<typeof Fixture> {
  const file = path.join(import.meta.dirname, key, "fixtures", "writes.json");
  return existsSync(file) ? Fixture.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
}

const OPERATIONS = ["create", "update", "upsert", "delete"] as const;

describe.each(listManifests().map((manifest) => [manifest.key, manifest] as const))("%s", (key, manifest) => {
  const fixture = fixtureOf(key);
  test("every write it claims has a case, every case a claim", () => {
    const claimed = Object.entries(manifest.objects).flatMap(([object, spec]) => [
      ...OPERATIONS.filter((operation) => spec.writes?.[operation]).map((operation) => `${object}.${operation}`),
      ...(spec.one ? [`${object}.one`] : []),
    ]);
    const shown = Object.entries(fixture).flatMap(([object, cases]) => Object.keys(cases).map((operation) => `${object}.${operation}`));
    expect(shown.sort()).toEqual(claimed.sort());
  });
});
