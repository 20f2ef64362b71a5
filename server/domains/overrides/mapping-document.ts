import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { withOverrides } from "#server/mapping/overrides";
import { compileReader } from "#server/mapping/paths";
import { sayEmpty, sayOrigin, saySteps, titleOf } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import { findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { inWordsOf } from "#server/words/connector-words";
import { sayTo } from "#server/words/reader";
import type { ModelField } from "../models/schema";
import { ofCustomer } from "../views/connection-sql";
import { adaptationRows } from "./adaptation-rows";
import { documentText } from "./document-text";
import { pushRow, sendingOf } from "./document-written";
import { standingOfRow, type Whole, whole } from "./get-adaptation";
import { isShown, seesRecords, titlesOf } from "./ground";
import type { MappingDocument, MappingDocumentRow } from "./schema";
import { writingOf } from "./written-back";

type Stream = MappingDocument["streams"][number];

/** A value as a person reads it, shortened; null when there is none. */
function exampleOf(data: unknown, target: string): string | null {
  const value = compileReader(target)(data);
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** That records are written there as well, and which of their fields; `fields` by name. Of a stream that only writes the table says which. */
function writtenWords(ctx: Ctx, { stream, model, integrationName: name }: Whole, fields: readonly string[]): string[] {
  const direction = stream.direction ?? "pull";
  if (direction === "pull") return [];
  const say = sayTo(ctx);
  const what = inWordsOf(say.language, stream.label);
  return [
    ...(direction === "push" ? [say("doc.each_push", { model: model.name, name })] : []),
    say("detail.written_by", { what, name }),
    ...(stream.deletes === "propagate" ? [say("detail.deleted_by", { what, name })] : []),
    ...(direction === "two_way" && fields.length > 0 ? [say("doc.written_fields", { fields: say.list(fields) })] : []),
  ];
}

/** Which records are taken, in sentences: customers are not told expressions. */
function onlyWords(ctx: Ctx, { mapping: { filter }, stream, chosen }: Whole): string[] {
  const say = sayTo(ctx);
  const own = Object.entries(chosen.only ?? {}).map(([path, values]) => {
    const offered = stream.offers?.filters?.find((one) => one.path === path);
    const names = values.map((value) => offered?.values.find((one) => one.value === value)?.label ?? String(value));
    return say("doc.chosen", { field: offered?.label ?? titleOf(new Map(), path), values: say.list(names) });
  });
  if (filter === null) return own;
  return [ctx.actor.type === "customer" ? say("doc.filtered") : say("doc.only", { filter }), ...own];
}

/** The rows of a stream in its model's order: what its mapping has, and what the customer has left out of it. */
function rowsOf(ctx: Ctx, row: Whole, manifest: Manifest | null): MappingDocumentRow[] {
  const { stream, mapping, model, records } = row;
  const say = sayTo(ctx);
  const { overrides } = standingOfRow(row);
  const declared = manifest?.objects[stream.object]?.fields ?? [];
  const titles = titlesOf(row.schema?.fields ?? null, declared);
  const inForce = withOverrides(mapping.fields, overrides);
  const fields = new Map(inForce.map((field) => [field.target, field]));
  const sending = sendingOf(inForce, writingOf(manifest, stream.object, stream.direction), titles, say);
  const newest = seesRecords(ctx) ? records[0]?.data : undefined;
  const rowOf = ({ key: target, name, required }: ModelField, field: FieldMapping): MappingDocumentRow => {
    const own = Object.hasOwn(overrides, target);
    const path = field.from ?? null;
    if (stream.direction === "push") return pushRow({ target, field: name, own }, sending.get(target), path, say);
    return {
      ...{ target, field: name, own, path },
      from: field.constant === undefined ? sayOrigin(field, titles, say) : null,
      to: sending.get(target)?.to ?? null,
      how: field.constant === undefined ? saySteps(field, titles, say) : sayOrigin(field, titles, say),
      whenEmpty: sayEmpty(field, required, say),
      example: newest ? exampleOf(newest, target) : null,
    };
  };
  const leftOut = { from: null, to: null, path: null, how: say("origin.left_out"), whenEmpty: say("empty.left"), example: null, own: true };
  const shown = isShown(ctx, mapping.choices);
  return model.fields
    .filter(({ key }) => shown(key))
    .flatMap((one) => {
      const { key: target, name } = one;
      const field = fields.get(target);
      if (field) return [rowOf(one, field)];
      return Object.hasOwn(overrides, target) ? [{ target, field: name, ...leftOut }] : [];
    });
}

function streamOf(ctx: Ctx, row: Whole, manifest: Manifest | null): Stream {
  const { stream, mapping, model } = row;
  const rows = rowsOf(ctx, row, manifest);
  const written = rows.filter(({ to }) => to !== null).map(({ field }) => field);
  return {
    id: row.streamId as Stream["id"], // those that are on have one
    key: stream.key,
    label: inWordsOf(sayTo(ctx).language, stream.label),
    template: row.templateName,
    model: model.name,
    direction: stream.direction ?? "pull",
    filter: ctx.actor.type === "customer" ? null : mapping.filter,
    only: [...writtenWords(ctx, row, written), ...onlyWords(ctx, row)],
    rows,
  };
}

async function accountOf(ctx: Ctx, { connectionId }: { connectionId: ConnectionId }) {
  const [row] = await readScoped<{ integrationName: string; accountLabel: string }[]>(
    ctx,
    (sql) => sql`
    select i.name as "integrationName", c.account_label as "accountLabel" from connections c
      join integrations i on i.environment_id = c.environment_id and i.id = c.integration_id
     where c.id = ${connectionId} and c.environment_id = ${ctx.scope.environmentId} ${ofCustomer(sql, ctx.scope, sql`c.customer_id`)}`,
  );
  if (!row) throw new AppError("not_found", `no connection ${connectionId} here`);
  return row;
}

/** What goes where, for a person to read and to keep: every stream of a connection that is on, field by field, and the same as Markdown. */
export async function mappingDocument(ctx: Ctx, input: { connectionId: ConnectionId }): Promise<MappingDocument> {
  const account = await accountOf(ctx, input);
  const rows = await adaptationRows(ctx, input);
  const manifest = rows[0] ? (await findManifests(ctx, rows))(rows[0]) : null;
  const streams = rows.map((row) => streamOf(ctx, whole(row), manifest));
  const document = { connectionId: input.connectionId, ...account, streams };
  return { ...document, markdown: documentText(document, ctx.clock.now(), sayTo(ctx)) };
}
