import type postgres from "postgres";
import { beforeEach, describe, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { type ConnectionId, newId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createScene, type Scene } from "#tests/support/world";
import { streamCtx } from "../streams/internal";
import { lookAtSchema } from "./look-at-schema";
import { judgeDrifts } from "./note-drifts";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: Ctx;

usingDatabase((opened) => {
  ({ owner, worker: deps } = opened);
});
beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId: scene.stream };
  ctx = streamCtx(deps, ref, "test");
});

const field = (path: string, title: string, rest: Partial<SourceField> = {}): SourceField => ({ path, title, type: "string", ...rest });
const mapping = [
  FieldMapping.parse({ target: "phone", from: "properties.phone" }),
  FieldMapping.parse({ target: "email", from: "properties.email" }),
];
const look = async (described: SourceField[] | null, fields = mapping) => {
  await owner`update mappings set fields = ${owner.json(fields as never)} where template_id = ${scene.template}`;
  return lookAtSchema(ctx, {
    connectionId: scene.connection as ConnectionId,
    object: "contact",
    described: described ? { fields: described, complete: true } : null,
  });
};
const open = () => owner`select kind, path, status from drifts where stream_id = ${scene.stream} order by found_at`;
const stored = async () =>
  (await owner`select fields from connection_schemas where connection_id = ${scene.connection}`)[0]?.fields as SourceField[];

const phone = field("properties.phone", "Phone number");
const email = field("properties.email", "E-mail");
const fax = field("properties.fax", "Fax");

test("the first look finds nothing to complain of; later ones tell of mapped fields only, once, and settle what is good again", async () => {
  expect(await look([phone, email, fax])).toEqual([]);
  expect((await stored()).map((one) => one.path)).toEqual(["properties.phone", "properties.email", "properties.fax"]);

  expect((await look([email])).map((one) => [one.kind, one.path])).toEqual([["removed", "properties.phone"]]);
  expect(await look([email])).toEqual([]); // told once
  expect(await open()).toMatchObject([{ kind: "removed", path: "properties.phone", status: "open" }]);

  await look([email, phone]);
  expect(await open()).toMatchObject([{ status: "gone" }]);
  await look([email]);
  expect(await open()).toMatchObject([{ status: "gone" }, { status: "open" }]);
  await look([email], [mapping[1] as FieldMapping]); // nobody reads it any more
  expect(await open()).toMatchObject([{ status: "gone" }, { status: "gone" }]);
});

test("each stream over the object is told for itself, by the mapping in force with the customer's patches", async () => {
  const second = newId("stream");
  await owner`insert into streams (id, environment_id, customer_id, connection_id, installation_id, template_id, key, object, model_key, template_version, mapping_version, mapped_version)
    select ${second}, environment_id, customer_id, connection_id, installation_id, template_id, 'again', object, model_key, 1, 1, 1 from streams where id = ${scene.stream}`;
  await owner`insert into mappings (id, environment_id, template_id, stream_key, version, status, fields, created_by)
    values (${newId("mapping")}, ${scene.environment}, ${scene.template}, 'again', 1, 'published', '[]', 'x')`;
  const patch = { email: { field: mapping[1], base: null } };
  await owner`insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, created_by)
    values (${second}, 1, ${scene.environment}, ${scene.customer}, ${owner.json(patch as never)}, 'x')`;
  const only = async (described: SourceField[]) =>
    lookAtSchema(ctx, { connectionId: scene.connection, object: "contact", described: { fields: described, complete: true } });
  await look([phone, email]);
  await owner`update mappings set fields = '[]' where template_id = ${scene.template}`;
  await only([phone]);
  const found = await owner`select stream_id, path from drifts where environment_id = ${scene.environment} and status = 'open'`;
  expect(found).toEqual([{ stream_id: second, path: "properties.email" }]);
});

describe("a change that is open", () => {
  const detail = async () =>
    (await owner`select detail from drifts where stream_id = ${scene.stream} and status = 'open' order by path`).map(
      (row) => row["detail"],
    );
  const tier = (...values: string[]) => field("properties.tier", "Tier", { values });
  const tiered = (rest: object) => [FieldMapping.parse({ target: "tier", from: "properties.tier", ...rest })];
  const AB = { values: { a: "A", b: "B" } };
  beforeEach(
    () => owner`update models set fields = '[{"key":"tier","name":"Tier","type":"string","required":false}]' where id = ${scene.model}`,
  );

  test("gathers the values that are new since, and is none when the mapping has learned them, whoever taught it", async () => {
    await look([tier("a", "b")], tiered(AB));
    await look([tier("a", "b", "c")], tiered(AB));
    await look([tier("a", "b", "c", "d")], tiered(AB));
    expect(await detail()).toMatchObject([{ kind: "values", values: ["c", "d"], message: expect.stringContaining("c, d") }]);
    await look([tier("a", "b", "c")], tiered(AB)); // d is no choice any more
    expect(await detail()).toMatchObject([{ values: ["c"] }]);
    await look([tier("a", "b", "c", "e")], tiered(AB));
    await look([tier("a", "b", "c", "e")], tiered({ values: { ...AB.values, e: "E" } }));
    expect(await detail()).toMatchObject([{ values: ["c"] }]);
    await owner`update mappings set fields = ${owner.json(tiered({ values: { ...AB.values, c: "C" } }) as never)} where template_id = ${scene.template}`;
    await judgeDrifts(ctx, { connectionId: scene.connection, object: "contact" });
    expect(await open()).toMatchObject([{ kind: "values", status: "gone" }]);
  });

  test("follows a field that goes on to a third name, and says so where it is gone for good", async () => {
    const tiers = ["tier_level", "tier_levels", "level_of_tier"].map((name) => field(`properties.${name}`, name.replaceAll("_", " ")));
    const fields = tiered({ from: tiers[0]?.path });
    for (const one of tiers.slice(0, 2)) await look([one], fields);
    expect(await detail()).toMatchObject([{ kind: "renamed", path: "properties.tier_level", to: "properties.tier_levels" }]);
    await look([field("properties.tiers_level", "tiers level")], fields);
    expect(await detail()).toMatchObject([{ kind: "renamed", path: "properties.tier_level", to: "properties.tiers_level" }]);
    await look([fax], fields);
    expect(await detail()).toEqual([
      expect.objectContaining({ kind: "removed", path: "properties.tier_level", message: "“tier level” is gone." }),
    ]);
    expect(await open()).toMatchObject([{ kind: "removed", status: "open" }]);
    await look([tiers[0] as SourceField], fields);
    expect(await open()).toMatchObject([{ status: "gone" }]);
  });

  test("is told of a type only where a field cannot take it, and settles when the template converts it, or the type is back", async () => {
    const as = (type: SourceField["type"]) => [field("properties.tier", "Tier", { type })];
    await look(as("string"), tiered({}));
    await look(as("number"), tiered({ transforms: [{ type: "string" }] }));
    expect(await open()).toEqual([]);
    await look(as("string"), tiered({}));
    await look(as("number"), tiered({}));
    expect(await detail()).toMatchObject([{ kind: "type", was: "string" }]);
    await look(as("number"), tiered({ transforms: [{ type: "string" }] }));
    expect(await open()).toMatchObject([{ status: "gone" }]);
    const worked = (by: number) => [FieldMapping.parse({ target: "tier", expression: `properties.tier * ${by}` })];
    await look(as("string"), []);
    await look(as("number"), worked(2));
    expect(await detail()).toMatchObject([{ kind: "type" }]); // nobody but a person knows
    await look(as("string"), worked(2));
    expect(await detail()).toEqual([]);
    await look(as("number"), worked(2));
    await look(as("number"), worked(3)); // who has looked after it since
    expect(await detail()).toEqual([]);
  });

  test("is none when the field that is needed has a value for when it is empty", async () => {
    const needed = (required: boolean) => [field("properties.tier", "Tier", { required })];
    await look(needed(true), tiered({ required: true }));
    await look(needed(false), tiered({ required: true }));
    expect(await detail()).toMatchObject([{ kind: "required" }]);
    await look(needed(false), tiered({ required: true, default: "none" }));
    expect(await open()).toMatchObject([{ kind: "required", status: "gone" }]);
  });
});

test("what samples showed before a stream was turned on proves nothing about it; of an account that is gone nothing is kept", async () => {
  const fresh = (name: string) => ({
    connectionId: scene.connection,
    object: "contact",
    described: null,
    fresh: [{ properties: { [name]: "1" } }],
  });
  await owner`update mappings set fields = ${owner.json(mapping as never)} where template_id = ${scene.template}`;
  await lookAtSchema(ctx, fresh("phone"));
  await owner`update streams set created_at = now() where id = ${scene.stream}`;
  expect(await lookAtSchema(ctx, fresh("email"))).toEqual([]);
  expect(await lookAtSchema(ctx, fresh("fax"))).toMatchObject([{ path: "properties.email" }]);
  await owner`update connections set status = 'disconnected' where id = ${scene.connection}`;
  await owner`delete from connection_schemas where connection_id = ${scene.connection}`;
  await lookAtSchema(ctx, fresh("phone"));
  expect(await stored()).toBeUndefined();
});

test("a source that does not describe itself is known by its records; a rare field that no sample shows is still there", async () => {
  const rows = Array.from({ length: 30 }, (_, n) => ({
    id: `r${n}`,
    properties: { email: `p${n}@x.example`, ...(n < 3 ? { fax: "1" } : {}) },
  }));
  for (const [n, row] of rows.entries()) {
    await owner`insert into records (stream_id, external_id, environment_id, customer_id, hash, data, source, mapping_version, seq, updated_at)
      values (${scene.stream}, ${row.id}, ${scene.environment}, ${scene.customer}, gen_random_uuid(), '{}', ${JSON.stringify(row)}, 1, ${1000 + n}, now())`;
    await owner`insert into changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
      values (${scene.stream}, ${1000 + n}, ${scene.environment}, ${scene.customer}, ${row.id}, 'created', now())`;
  }
  await look(null);
  expect((await stored()).map((one) => [one.path, one.type])).toEqual([
    ["id", "string"],
    ["properties.email", "string"],
    ["properties.fax", "string"],
  ]);
  // What a source describes, it does not have otherwise: old records still hold what is gone. What lies deeper is not described.
  const described = { fields: [email], complete: true, prefix: "properties." };
  const deep = { id: "x", properties: { email: "e", gone: "1", address: { city: "Bonn" } } };
  await lookAtSchema(ctx, { connectionId: scene.connection, object: "contact", described, fresh: [deep] });
  expect((await stored()).map((one) => one.path)).toEqual(["properties.email", "id", "properties.address.city"]);
  await look(null);

  await owner`update records set source = replace(source, '"fax":"1"', '"other":"1"') where stream_id = ${scene.stream}`;
  await look(null);
  expect((await stored()).map((one) => one.path)).toContain("properties.fax");
  expect(await open()).toEqual([]);
});
