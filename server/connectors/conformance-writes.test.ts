import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Manifest } from "#server/runtime/manifest";
import { createSend, type Outgoing, type Send } from "#server/runtime/send";
import { OPERATIONS } from "#server/runtime/writes/plan";
import { readOne } from "#server/runtime/writes/read-one";
import { createWriter } from "#server/runtime/writes/writer";
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

type Case = z.output<typeof Case>;

const typeOf = (text: string): string => (text.trimStart().startsWith("<") ? "text/xml" : "application/json");

/** Sends nothing: keeps what was asked, and answers as the case says, through all that reads real answers. */
function played(manifest: Manifest, { status, headers, answer }: Case): { send: Send; asked: Outgoing[] } {
  const asked: Outgoing[] = [];
  const text = answer === undefined ? "" : typeof answer === "string" ? answer : JSON.stringify(answer);
  const names = [...JSON.stringify(manifest).matchAll(/\{([A-Za-z]\w*)\}/g)].map(([, name = ""]) => name);
  const grant = { version: 1, values: Object.fromEntries(names.map((name) => [name, "acme"])), headers: {}, query: {} };
  const send = createSend({
    manifest,
    sandboxOrigin: null,
    clock: { now: () => new Date("2026-11-21T12:00:00Z") },
    grants: { current: async () => grant, renew: async () => grant, condemn: async (_version, reason) => new Error(reason) as never },
    egress: async ({ url }) => ({ status, headers: { "content-type": typeOf(text), ...headers }, body: Buffer.from(text), url, ms: 1 }),
  });
  return {
    asked,
    send: (request, signal) => {
      asked.push(request);
      return send(request, signal);
    },
  };
}

function expectRequest(asked: Outgoing | undefined, { expect: wanted }: Case): void {
  expect(asked?.path).toBe(wanted.path);
  if (wanted.method !== undefined) expect(asked?.method).toBe(wanted.method);
  if (wanted.query !== undefined) expect(asked?.query ?? {}).toEqual(wanted.query);
  if (wanted.headers !== undefined) expect(asked?.headers ?? {}).toMatchObject(wanted.headers);
  if (wanted.body !== undefined) expect(asked?.body).toEqual(wanted.body);
}

const partOf = (text: string | undefined) => (text === undefined ? {} : { message: expect.stringContaining(text) });

const shapeOf = ({ message, ...rest }: z.output<typeof Result>) =>
  Object.fromEntries(Object.entries({ ...rest, ...partOf(message) }).filter(([, value]) => value !== undefined));

async function showWrite(manifest: Manifest, object: string, operation: (typeof OPERATIONS)[number], one: Case): Promise<void> {
  const { send, asked } = played(manifest, one);
  const single = { ...(one.id === undefined ? {} : { id: one.id }), ...(one.data ? { data: one.data } : {}) };
  const given = one.items ?? [{ ...single, ...(one.version === undefined ? {} : { version: one.version }) }];
  const items = given.map(
    (item, n) => ({ ...item, key: `key-${n + 1}` }) as Parameters<ReturnType<typeof createWriter>["write"]>[1][number],
  );
  const writer = createWriter({ send, manifest, nowMs: () => 0, pauseMs: 0 }, object);
  const { results } = await writer.write(operation, items);
  expectRequest(asked[0], one);
  const { path: _path, method: _method, query: _query, headers: _headers, body: _body, results: many, ...alone } = one.expect;
  expect(results).toMatchObject((many ?? [alone]).map(shapeOf));
}

async function showOne(manifest: Manifest, object: string, one: Case): Promise<void> {
  const { send, asked } = played(manifest, one);
  const found = await readOne({ send, manifest }, object, one.id ?? "");
  expectRequest(asked[0], one);
  expect(found?.id ?? null).toBe(one.expect.id ?? null);
}

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
  for (const [object, cases] of Object.entries(fixture)) {
    for (const operation of OPERATIONS) {
      test.each((cases[operation] ?? []).map((one, n) => [n + 1, one] as const))(`${object}.${operation} %d`, (_n, one) =>
        showWrite(manifest, object, operation, one),
      );
    }
    test.each((cases.one ?? []).map((one, n) => [n + 1, one] as const))(`${object}.one %d`, (_n, one) => showOne(manifest, object, one));
    test(`${object}: each way to write is shown done, batches too, and one refusal`, () => {
      const writes = manifest.objects[object]?.writes;
      if (!writes) return;
      const all = OPERATIONS.flatMap((operation) => cases[operation] ?? []);
      for (const operation of OPERATIONS) {
        const shown = (cases[operation] ?? []).filter((one) => one.expect.outcome === "done");
        if (writes[operation])
          expect(
            shown.some((one) => !one.items),
            `${operation} alone`,
          ).toBe(true);
        if (writes[operation]?.batch)
          expect(
            shown.some((one) => one.items),
            `${operation} in a batch`,
          ).toBe(true);
      }
      expect(all.some((one) => one.expect.outcome === "refused" && one.expect.message !== undefined)).toBe(true);
    });
  }
});
