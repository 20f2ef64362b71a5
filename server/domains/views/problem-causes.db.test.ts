import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import type { Language } from "#server/words/languages";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, insert, memberCtx, type Scene } from "#tests/support/world";
import { listProblemRecords } from "./list-problem-records";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

usingDatabase((opened) => {
  ({ owner, web: deps } = opened);
});

const MODEL = [
  { key: "email", name: "E-mail", type: "string", required: true },
  { key: "birthday", name: "Birthday", type: "date", required: false },
  { key: "size", name: "Size", type: "enum", required: false, values: ["small", "large"] },
  { key: "secret", name: "Secret", type: "number", required: false },
];
const FIELDS = [
  { target: "email", from: "mail", transforms: [], required: true, onError: "quarantine" },
  { target: "birthday", from: "born", transforms: [], required: false, onError: "quarantine" },
  { target: "size", from: "size", transforms: [], required: false, onError: "quarantine" },
  { target: "secret", from: "secret", transforms: [], required: false, onError: "quarantine" },
];

beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  await owner`delete from quarantine where stream_id = ${scene.stream}`;
  await owner`update models set fields = ${owner.json(MODEL)} where id = ${scene.model}`;
  await owner`update mappings set fields = ${owner.json(FIELDS)}, choices = '{"secret":{"customer":"hidden"}}' where id = ${scene.mapping}`;
});

const hold = (row: { source: string; field: string | null; code?: string; message?: string }) =>
  insert(owner, "quarantine", {
    id: newId("quarantine"),
    stream_id: scene.stream,
    external_id: "r1",
    environment_id: scene.environment,
    customer_id: scene.customer,
    code: "mapping_failed",
    message: `${row.field} (from its path) is not what the "parse_date" transform takes`,
    ...row,
  });
const told = async (language?: Language) => {
  const ctx = customerCtx(deps, scene);
  const page = { connectionId: scene.connection, state: "held" as const, limit: 10 };
  const { items } = await listProblemRecords(language ? { ...ctx, reader: { language, own: {} } } : ctx, page);
  const [problem] = items;
  return problem;
};

test("a customer reads which value does not fit, by the name of its field, in every language, and what else does not", async () => {
  await hold({ source: JSON.stringify({ mail: "a@b.example", born: "soon", size: "XL", secret: "no number" }), field: "birthday" });
  expect(await told()).toMatchObject({
    field: "birthday",
    fieldName: "Birthday",
    message: "“soon” is not a date. Correct it where the record comes from, or choose another field under Mapping. Also: Size",
  });
  expect((await told("de"))?.message).toContain("„soon“ ist kein Datum.");
  expect((await told("ja"))?.message).toContain("「soon」は日付ではありません。");
  expect((await told("ar"))?.message).toContain("ليس تاريخًا");
  expect(JSON.stringify(await told("fr"))).not.toMatch(/transform|secret|no number/i);
});

test("the customer's own mapping is what is told of", async () => {
  await hold({ source: JSON.stringify({ mail: "a@b.example", size: "small", other: "XL" }), field: "size" });
  const own = { size: { field: { ...FIELDS[2], from: "other" }, base: FIELDS[2] } };
  await insert(owner, "stream_overrides", {
    stream_id: scene.stream,
    n: 1,
    environment_id: scene.environment,
    customer_id: scene.customer,
    overrides: owner.json(own as never),
    created_by: "test",
  });
  expect((await told())?.message).toContain("“XL” is not one of the values that “Size” can have");
});

test("what is empty, hidden, or no record at all is said without the engine's words", async () => {
  await hold({ source: '{"born":"2026-01-01"}', field: "email", code: "record_invalid", message: "email is required, but mail is empty" });
  expect((await told("es"))?.message).toBe("Es obligatorio, pero está vacío en este registro.");
  await owner`update quarantine set field = 'secret' where stream_id = ${scene.stream}`;
  expect(await told()).toMatchObject({ field: null, fieldName: null, message: expect.stringContaining("can see why") });
  const message = 'The record cannot be taken: "id" is not a usable id.';
  await owner`update quarantine set field = null, source = '{"born":', message = ${message} where stream_id = ${scene.stream}`;
  expect((await told("de"))?.message).toContain("kann nicht als Datensatz übernommen werden");
  const [asVendor] = (await listProblemRecords(memberCtx(deps, scene), { streamId: scene.stream, state: "held", limit: 10 })).items;
  expect(asVendor?.message).toBe(message);
});
