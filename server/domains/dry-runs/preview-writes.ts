import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, CustomerId, TemplateId } from "#server/lib/ids";
import { compileMapping } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import type { FieldMapping } from "#server/mapping/schema";
import type { Writable } from "#server/mapping/ways-back";
import { sayTo } from "#server/words/reader";
import { placeOf } from "../actions/internal";
import { checkFields } from "../mappings/internal";
import { noteReader } from "../mappings/note-reader";
import type { ModelField } from "../models/schema";
import { isShown } from "../overrides/ground";
import { compileWayBack } from "../streams/way-back";
import { getMappingEditor } from "../templates/get-mapping-editor";
import { type StoredSource, samplesOf, worthTrying } from "../templates/samples";
import { draftGoal, type Goal, type TryDraft, type TryWishes, wishedGoal } from "./goals";
import { type WrittenField, writtenOf } from "./written";

/** Own records that are looked through for those worth showing, and shown of each end. */
const LOOKED_AT = 1_000;
const EACH_WAY = 12;

/** An own record, and what of it would be sent to be a new record there, by field. `made`: there is none, it was made of a record of theirs. */
export type WrittenSample = { label: string; made: boolean; fields: WrittenField[] };
export type WritesPreview = {
  samples: WrittenSample[];
  /** Fields of the mapping that are not sent, with the reason. */
  readOnly: { target: string; reason: string }[];
  /** What a new record needs there, and nothing fills. */
  unfilled: { path: string; title: string }[];
};

/** Whose own records, and what was previewed: the account, or the template. */
type Place = { modelKey: string; customerId: CustomerId | null; subject: ConnectionId | TemplateId };

/** Own records of a model, of one customer or (none given) of several: their newest changes, and the first by id. */
async function ownSources(ctx: Ctx, { modelKey, customerId }: Place): Promise<(StoredSource & { of: CustomerId })[]> {
  const { environmentId } = ctx.scope;
  return readScoped(
    ctx,
    (sql) => sql`
    with looked as (
      select r.customer_id, r.own_id, r.data, r.changed_at from own_records r
       where r.environment_id = ${environmentId} and r.model_key = ${modelKey} and r.deleted_at is null ${customerId ? sql`and r.customer_id = ${customerId}` : sql``}
       order by r.customer_id, r.own_id limit ${LOOKED_AT}
    ), chosen as (
      (select * from looked order by changed_at desc limit ${EACH_WAY}) union (select * from looked order by customer_id, own_id limit ${EACH_WAY})
    )
    select c.data::text as source, c.changed_at::text as "updatedAt", c.customer_id as of, ${customerId ? sql`null` : sql`cu.name`} as customer
      from chosen c join customers cu on cu.environment_id = ${environmentId} and cu.id = c.customer_id`,
  );
}

type Tried = {
  fields: readonly FieldMapping[];
  model: readonly ModelField[];
  spec: Writable;
  /** A record of the third party, for where there are no own ones; null = none is known. */
  example: unknown;
  /** Whether the reader may know of a field. */
  shown: (target: string) => boolean;
};

async function previewOf(ctx: Ctx, tried: Tried, place: Place): Promise<WritesPreview> {
  const { example, shown } = tried;
  await ensureExpressions(tried.fields);
  const way = compileWayBack(tried);
  const sources = await ownSources(ctx, place);
  const stored = samplesOf(sources, null, sayTo(ctx));
  const { customerId, subject } = place;
  await noteReader(ctx, customerId ? [customerId] : [...new Set(worthTrying(sources).map(([, { of }]) => of))], subject);
  const made = stored.length === 0 && example !== null;
  const samples = made ? [{ label: sayTo(ctx)("doc.example"), source: oursOf(tried) }] : stored;
  return {
    samples: samples.map(({ label, source }) => ({
      ...{ label, made },
      fields: toldTo(
        ctx,
        writtenOf(way, source as Record<string, unknown>).filter(({ target }) => shown(target)),
      ),
    })),
    readOnly: way.readOnly.filter(({ target }) => shown(target)),
    unfilled: way.unfilled,
  };
}

/** What the way in makes of a record of theirs: as one of ours might be. */
function oursOf({ fields, model, example }: Tried): Record<string, unknown> {
  const lenient = fields.map((field) => ({ ...field, required: false, onError: "null" as const }));
  const mapped = compileMapping(
    lenient,
    model.map((field) => ({ ...field, required: false })),
  ).apply(example);
  return mapped.ok ? mapped.data : {};
}

/** The engine's own words are English; who reads another language is told what it comes to. */
function toldTo(ctx: Ctx, fields: WrittenField[]): WrittenField[] {
  const say = sayTo(ctx);
  if (say.language === "en") return fields;
  return fields.map((field) => (field.fault ? { ...field, fault: { ...field.fault, message: say("sent.why_value") } } : field));
}

async function ofGoal(ctx: Ctx, { row, manifest, fields }: Goal): Promise<WritesPreview> {
  const { stream, model, mapping, schema } = row;
  const spec = Object.hasOwn(manifest.objects, stream.object) ? manifest.objects[stream.object] : undefined;
  if (!spec) throw new AppError("config_invalid", `${manifest.name} has no object "${stream.object}"`);
  const { customerId } = await placeOf(ctx, row.connectionId);
  const example = schema?.samples[0]?.source ?? spec.sample ?? null;
  const shown = isShown(ctx, mapping.choices);
  return previewOf(
    ctx,
    { fields, model: model.fields, spec, example, shown },
    { modelKey: model.key, customerId, subject: row.connectionId },
  );
}

/**
 * What a customer's mapping, with the changes given, sends of their own records to the third party: a few of them field by field, by the way back
 * that pushes go. Nothing is asked there and nothing is written. Throws `invalid` by field as saving does.
 */
export const previewWrites = async (ctx: Ctx, input: TryWishes): Promise<WritesPreview> => ofGoal(ctx, await wishedGoal(ctx, input));

/**
 * The same of a template's draft: for one customer's account with their own changes on top, or (no account given) as it stands, with own records
 * of several customers. `fields` not given = the draft's, else what is published.
 */
export async function previewDraftWrites(
  ctx: Ctx,
  { connectionId, ...input }: Omit<TryDraft, "connectionId"> & { connectionId?: ConnectionId | undefined },
): Promise<WritesPreview> {
  if (connectionId) return ofGoal(ctx, await draftGoal(ctx, { ...input, connectionId }));
  const { model, writing, samples, draft, published } = await getMappingEditor(ctx, input);
  const fields = await checkFields(input.fields ?? draft?.fields ?? published?.fields ?? [], model.fields);
  const example = samples[0]?.source ?? null;
  const tried = { fields, model: model.fields, spec: writing.spec, example, shown: () => true };
  return previewOf(ctx, tried, { modelKey: model.key, customerId: null, subject: input.templateId });
}
