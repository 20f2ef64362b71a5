import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, TemplateId } from "#server/lib/ids";
import { type FieldChoices, keeping, keptBy, mergeOverrides, withOverrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import type { Manifest } from "#server/runtime/manifest";
import { sayTo } from "#server/words/reader";
import { placeOf } from "../actions/internal";
import { ownChoices, refusedChoices } from "../installations/check-chosen";
import { checkFields, checkFilter, newestMapping } from "../mappings/internal";
import { adaptationRows } from "../overrides/adaptation-rows";
import { standingOfRow, type Whole, whole } from "../overrides/get-adaptation";
import { checkOverrides, refusal } from "../overrides/internal";
import { groundOf, patched, stillKnown } from "../overrides/patch";
import type { Wishes } from "../overrides/schema";
import { writingOf } from "../overrides/written-back";
import type { StreamChosen } from "../templates/offers";

type Which = { connectionId: ConnectionId; templateId: TemplateId; streamKey: string };
export type TryWishes = Which & {
  /** What the customer wants of single fields and has not saved yet. */
  fields?: Wishes | undefined;
  /** What they choose of what the stream offers; not given = as it stands. */
  chosen?: StreamChosen | undefined;
};
export type TryDraft = Which & {
  /** The template's fields and filter as they stand on the screen; not given = as they are in the draft. */
  fields?: unknown;
  filter?: string | null | undefined;
  /** What customers may choose, likewise: who runs the stream keeps what filled a field that is now left to them. */
  choices?: FieldChoices | undefined;
};
/** What is tried: a whole mapping over one stream of an account. */
export type Goal = { row: Whole; manifest: Manifest; fields: FieldMapping[]; filter: string | null; chosen: StreamChosen };

async function rowOf(ctx: Ctx, { connectionId, templateId, streamKey }: Which): Promise<Whole> {
  const rows = await adaptationRows(ctx, { connectionId, templateId });
  const row = rows.find((one) => one.stream.key === streamKey);
  if (!row) throw new AppError("not_found", `no stream "${streamKey.slice(0, 100)}" in a template ${templateId} for this connection`);
  return whole(row);
}

/** A customer's mapping with the changes given. Throws `invalid` by field for what they may not do, as saving does. */
export async function wishedGoal(ctx: Ctx, input: TryWishes): Promise<Goal> {
  const { manifest } = await placeOf(ctx, input.connectionId);
  const row = await rowOf(ctx, input);
  const { mapping, model, schema } = row;
  const ground = groundOf({
    fields: mapping.fields,
    choices: mapping.choices,
    model: model.fields,
    sources: schema?.fields ?? null,
    writing: writingOf(manifest, row.stream.object, row.stream.direction),
    say: sayTo(ctx),
  });
  const { overrides, refused } = patched(ground, standingOfRow(row).overrides, input.fields ?? {});
  if (refused.length > 0) throw refusal(ground, refused);
  const fields = await checkOverrides(ground, overrides);
  const chosen = ownChoices(row.stream, input.chosen ?? row.chosen);
  const [strange] = refusedChoices(row.stream, chosen, row.chosen, sayTo(ctx));
  if (strange) throw new AppError("invalid", strange.message, { details: { issues: [strange], said: true } });
  return { row, manifest, fields, filter: mapping.filter, chosen };
}

/** A template's draft with one customer's own changes on top. Throws `conflict` when there is no draft and none is given, `invalid` by field. */
export async function draftGoal(ctx: Ctx, input: TryDraft): Promise<Goal> {
  const { manifest } = await placeOf(ctx, input.connectionId);
  const row = await rowOf(ctx, input);
  const draft = await withScope(ctx, (tx) => newestMapping(ctx, tx, input, "draft"));
  const wanted = input.fields ?? draft?.fields;
  if (wanted === undefined) throw new AppError("conflict", "there is no draft to try out; change the mapping first");
  const base = await checkFields(wanted, row.model.fields);
  const filter = (await checkFilter(input.filter === undefined ? (draft ?? row.mapping).filter : input.filter)) ?? null;
  const choices = input.choices ?? (draft ?? row.mapping).choices;
  const theirs = keeping(row.standing?.overrides ?? {}, row.isOn ? keptBy(row.mapping.fields, base, choices) : []);
  const own = mergeOverrides(base, stillKnown({ model: row.model.fields }, theirs)).overrides;
  const fields = await checkFields(withOverrides(base, own), row.model.fields);
  return { row, manifest, fields, filter, chosen: row.chosen };
}
