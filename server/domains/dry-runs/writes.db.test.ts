import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { performCall } from "#server/domains/actions/perform-call";
import { FieldMapping } from "#server/mapping/schema";
import { ada, agreed, drain, edit, own, p, read, scene, startOver, thing, usingBothSides, writesThere } from "#tests/support/both-sides";
import { createCustomer, customerCtx, memberCtx } from "#tests/support/world";
import { getDryRun } from "./get-dry-run";
import { previewDraftWrites, previewWrites } from "./preview-writes";
import type { DryRunResult, DryRunWrites } from "./schema";
import { startDraftDryRun, startDryRun } from "./start-dry-run";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

// What a dry run says of a stream that writes.
usingBothSides();
beforeEach(() => {
  p.deps.keeping.performCall = async (ref, { start }) => {
    if (start) await performCall(p.deps, ref);
    return true;
  };
});

const which = () => ({ connectionId: scene.connection, templateId: scene.template, streamKey: "contacts" });
const member = () => memberCtx(p.deps, scene);
async function result(started: ReturnType<typeof startDryRun>, as = member()): Promise<DryRunResult & { writes: DryRunWrites }> {
  const view = await getDryRun(as, await started);
  if (view.status !== "done" || !view.result.writes) throw new Error(JSON.stringify(view));
  return { ...view.result, writes: view.result.writes };
}
const everything = async () =>
  (
    await p.owner`select md5(string_agg(t, '' order by t)) as sum from (
    select r::text as t from own_records r union all select o::text from outbox o union all select l::text from links l
    union all select w::text from writes w union all select r::text from records r union all select s::text from streams s) x`
  )[0];
const countsOf = ({ create, update, delete: gone, skip, hold, unknown }: DryRunWrites) => ({ create, update, gone, skip, hold, unknown });

/** Counts, without anything being changed on either side. */
async function dry(): Promise<DryRunWrites> {
  const before = [await everything(), [...p.things.values()].map((one) => ({ ...one }))];
  p.third.asked.length = 0;
  const { writes } = await result(startDryRun(member(), which()));
  expect(writesThere()).toEqual([]);
  expect([await everything(), [...p.things.values()]]).toEqual(before);
  return writes;
}

const anyRecords = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e", "f"),
    deleted: fc.constantFrom(false, false, false, true),
    email: fc.constantFrom("one@acme.example", "two@acme.example"),
    firstName: fc.constantFrom("Ada", "Bob", undefined),
  }),
  { selector: ({ id }) => id, maxLength: 6 },
);
const put = async (records: { id: string; deleted: boolean; email: string; firstName?: string | undefined }[]) => {
  const own = records.map(({ id, deleted, email, ...data }) =>
    deleted ? ({ id, deleted } as const) : { id, data: JSON.parse(JSON.stringify({ ...data, email: `${id}.${email}` })) },
  );
  if (own.length > 0) await p.put(...own);
};
const there = () => new Map([...p.things].map(([id, { at: _, ...one }]) => [id, JSON.stringify(one)]));
/** What has come about there since. */
function done(before: ReturnType<typeof there>) {
  const now = there();
  return {
    create: [...now.keys()].filter((id) => !before.has(id)).length,
    update: [...now].filter(([id, one]) => before.has(id) && before.get(id) !== one).length,
    gone: [...before.keys()].filter((id) => !now.has(id)).length,
  };
}

test.each([
  ["push", { match: null }],
  ["two_way", { match: "email" }],
] as const)(
  "it counts what a %s then writes, for any own records, before the first time and after it",
  async (direction, more) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecords, { minLength: 2, maxLength: 3 }), async (rounds) => {
        await startOver(direction, { ...more, deletes: "propagate" });
        if (direction === "two_way") thing("t0", { email: "a.one@acme.example", firstname: "Zed" });
        for (const records of rounds) {
          await put(records);
          if (direction === "two_way") await read();
          const { create, update, gone, hold, unknown } = countsOf(await dry());
          const before = there();
          await drain();
          expect({ create, update, gone, hold, unknown }).toEqual({ ...done(before), hold: 0, unknown: 0 });
        }
      }),
      { numRuns: 6 },
    );
  },
  120_000,
);

test("a push shows what would be sent, and what stands there; nothing is read in; who gives nothing away asks in vain", async () => {
  await startOver("push", {});
  await p.put(ada("Ada"));
  await drain();
  edit("t1", { firstname: "A. King" });
  await p.put(ada("Augusta"), { id: "bob", data: { email: "bob@acme.example" } });
  const dry = await result(startDryRun(member(), which()));
  expect(dry).toMatchObject({
    direction: "push",
    read: 0,
    samples: [],
    writes: { own: 2, create: 1, update: 1, mayExist: false, more: false },
  });
  expect(dry.writes.samples).toEqual([
    {
      ...{ what: "update", ownId: "ada", externalId: "t1", field: null, message: null },
      fields: [{ target: "firstName", path: "firstname", before: "A. King", after: "Augusta" }],
    },
    {
      ...{ what: "create", ownId: "bob", externalId: null, field: null, message: null },
      fields: [{ target: "email", path: "email", before: null, after: "bob@acme.example" }],
    },
  ]);

  // Gone there, it waits for a person; the third party that does not answer leaves us in the dark about those that it is to be asked for.
  p.things.delete("t1");
  expect(countsOf(await (await result(startDryRun(member(), which()))).writes)).toMatchObject({ create: 1, hold: 1 });
  p.law.strike = () => ({ status: 503, json: {} });
  const dark = await result(startDryRun(member(), which()));
  expect(dark.writes).toMatchObject({ create: 1, unknown: 1 });
  expect(dark.writes.samples.find(({ what }) => what === "unknown")).toMatchObject({
    ownId: "ada",
    fields: [],
    message: expect.any(String),
  });
});

test("of a draft, and of what a customer wants and may not see", async () => {
  await startOver("push", {});
  await agreed();
  const fields = [
    FieldMapping.parse({ target: "email", from: "email", transforms: [] }),
    FieldMapping.parse({ target: "firstName", from: "hobby" }),
  ];
  const draft = await result(startDraftDryRun(member(), { ...which(), fields, filter: null }));
  expect(draft.writes).toMatchObject({ own: 1, skip: 1 }); // what is not new to us is not sent because its place is another
  await p.owner`update mappings set choices = ${p.owner.json({ firstName: { customer: "hidden" } })} where template_id = ${scene.template}`;
  await p.put(ada("Augusta"));
  const me = customerCtx(p.deps, scene);
  const mine = await result(startDryRun(me, which()), me as never);
  expect(mine.writes.samples).toMatchObject([{ what: "update", fields: [] }]);
});

test("both ways, the way in is told as a remap does it: what we have written since a record was read is not undone", async () => {
  await agreed();
  await p.put(ada("Augusta"));
  await drain();
  const { update, same } = await result(startDryRun(member(), which()));
  expect([update, same]).toEqual([0, 1]);
  await p.owner`update streams set mapping_version = mapping_version + 1 where id = ${scene.stream}`;
  await p.run();
  expect((await own()).data["firstName"]).toBe("Augusta");
});

test("before anything was read, who is there already is found among the records that are read for it", async () => {
  await p.owner`update streams set phase = 'backfill', record_count = 0 where id = ${scene.stream}`;
  thing("t8", { email: "ADA@acme.example", firstname: "Zed" });
  thing("t9", { email: "zoe@acme.example" });
  await p.put(ada("Ada"), { id: "bob", data: { email: "bob@acme.example" } });
  const dry = await result(startDryRun(member(), which()));
  expect(dry).toMatchObject({ direction: "two_way", over: "source", read: 2, create: 2 });
  expect(dry.writes).toMatchObject({ own: 2, create: 1, unknown: 0 });
  expect(dry.writes.samples.find(({ ownId }) => ownId === "ada")).toMatchObject({ externalId: "t8" });
});

test("what is shown of own records is what is sent, field by field; what does not fit is told at its field, what is hidden is not", async () => {
  await startOver("push", {});
  const shown = async () => (await previewWrites(member(), which())).samples;
  // No own record yet: one as the way in makes it of theirs.
  expect(await shown()).toMatchObject([{ made: true, fields: [{ target: "email" }, { target: "firstName" }] }]);
  await p.put(ada("Ada"), { id: "bob", data: { email: " bob@acme.example " } });
  const samples = await shown();
  await drain();
  const sent = samples.map(({ fields }) =>
    Object.fromEntries(fields.flatMap(({ path, theirs }) => (theirs === null ? [] : [[path, theirs]]))),
  );
  const things = [...p.things.values()].map(({ id: _, at: __, ...thing }) => thing);
  expect(new Set(sent.map((one) => JSON.stringify(one)))).toEqual(new Set(things.map((one) => JSON.stringify(one))));

  const pattern = { target: "firstName", from: "firstname", transforms: [{ type: "formatDate", pattern: "yyyy-MM-dd" }] };
  const fields = [FieldMapping.parse({ target: "email", from: "email" }), FieldMapping.parse(pattern)];
  const draft = { templateId: scene.template, streamKey: "contacts", fields };
  for (const connectionId of [scene.connection, undefined]) {
    const of = await previewDraftWrites(member(), { ...draft, connectionId });
    const faulty = of.samples.flatMap((one) => one.fields.filter(({ fault }) => fault !== null));
    expect(faulty).toMatchObject([
      { target: "firstName", path: "firstname", ours: "Ada", theirs: null, fault: { code: expect.any(String) } },
    ]);
  }
  await p.owner`update mappings set choices = ${p.owner.json({ firstName: { customer: "hidden" } })} where template_id = ${scene.template}`;
  const mine = await previewWrites(customerCtx(p.deps, scene), which());
  expect(JSON.stringify(mine)).not.toContain("firstName");
  expect(mine.samples[0]?.fields).toMatchObject([{ target: "email", path: "email" }]);
});

test("whose own records a member had shown is noted once an hour, also where they are of several customers; who looks at their own is not", async () => {
  await startOver("push", {});
  await p.put(ada("Ada"));
  const stranger = await createCustomer(p.owner, scene.environment, "Umbrella");
  await p.owner`insert into own_records (environment_id, customer_id, model_key, own_id, version, changed_at, data)
    select environment_id, ${stranger}, model_key, 'bob', version, changed_at + interval '1 hour', data from own_records where customer_id = ${scene.customer}`;
  const noted = async () =>
    (
      await p.owner`select customer_id as of, subject from audit_entries where action = 'records.preview' and environment_id = ${scene.environment} order by at`
    ).map((row) => [row["of"], row["subject"]]);
  const fields = [FieldMapping.parse({ target: "email", from: "email" })];
  const draft = { templateId: scene.template, streamKey: "contacts", fields };
  await previewWrites(customerCtx(p.deps, scene), which());
  expect(await noted()).toEqual([]);
  for (let i = 0; i < 3; i++) await Promise.all([previewWrites(member(), which()), previewDraftWrites(member(), { ...which(), fields })]);
  expect(await noted()).toEqual([[scene.customer, scene.connection]]);
  for (let i = 0; i < 2; i++) await previewDraftWrites(member(), draft);
  expect(new Set((await noted()).slice(1).map(String))).toEqual(new Set([scene.customer, stranger].map((of) => `${of},${scene.template}`)));
  expect(await noted()).toHaveLength(3);
  await p.owner`update audit_entries set at = at - interval '61 minutes' where environment_id = ${scene.environment}`;
  await previewWrites(member(), which());
  expect(await noted()).toHaveLength(4);
});
