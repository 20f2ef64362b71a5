import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { CustomerCtx, Deps } from "#server/lib/context";
import { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, type Scene } from "#tests/support/world";
import { mappingDocument } from "./mapping-document";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: CustomerCtx;

usingDatabase((opened) => {
  ({ owner, web: deps } = opened);
});

beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  ctx = customerCtx(deps, scene);
  const fields = [
    FieldMapping.parse({ target: "email", from: "properties.email" }),
    FieldMapping.parse({ target: "firstName", expression: "upper(properties.firstname)" }),
  ];
  await owner`update mappings set fields = ${owner.json(fields as never)} where id = ${scene.mapping}`;
});

/** The stream's document where it goes as `settings` say. */
async function toldOf(settings: object, asks: CustomerCtx = ctx) {
  await owner`update mappings set settings = (select t.streams->0 from templates t where t.id = mappings.template_id)
    || ${owner.json(settings as never)} where id = ${scene.mapping}`;
  const { streams, markdown } = await mappingDocument(asks, { connectionId: scene.connection });
  return { stream: streams[0], markdown };
}

test("of a stream that only writes: where each field goes, what is not sent, and that records are deleted there", async () => {
  const { stream, markdown } = await toldOf({ direction: "push", deletes: "propagate" });
  expect(stream?.rows.map(({ target, from, to, how, whenEmpty }) => [target, from, to, how, whenEmpty])).toEqual([
    ["email", null, "Email", "as it is", "left empty"],
    ["firstName", null, null, "not sent", "left empty"],
  ]);
  expect(stream?.only).toEqual([
    "Each of your “Contact” records becomes a record in HubSpot.",
    "Written to HubSpot: Contacts. Records are made and changed there.",
    "When one of these is deleted here, it is deleted in HubSpot too: Contacts.",
  ]);
  expect(markdown).toContain("| Field | Goes to | Changed on the way | When empty |\n|---|---|---|---|\n| E-mail | Email | as it is |");
  expect(markdown).not.toContain("Each record becomes one");
});

test("of a stream that goes both ways: which fields are written there; all in the reader's language", async () => {
  const { stream } = await toldOf({ direction: "two_way" });
  expect(stream?.rows.map(({ from, to }) => [from, to])).toEqual([
    ["Email", "Email"],
    ["worked out from First name", null],
  ]);
  expect(stream?.only).toEqual(["Written to HubSpot: Contacts. Records are made and changed there.", "Written there: E-mail."]);
  const german = await toldOf({ direction: "two_way" }, { ...ctx, reader: { language: "de", own: {} } });
  expect(german.stream).toMatchObject({ label: "Kontakte", only: [expect.stringContaining("Kontakte"), "Dort geschrieben: E-mail."] });
});
