import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { withOverrides } from "#server/mapping/overrides";
import { compileReader } from "#server/mapping/paths";
import { sayEmpty, sayOrigin, saySteps, titleOf } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import { findManifests } from "#server/runtime/find-manifest";
import { sayTo } from "#server/words/reader";
import { ofCustomer } from "../views/connection-sql";
import { adaptationRows } from "./adaptation-rows";
import { documentText } from "./document-text";
import { standingOfRow, type Whole, whole } from "./get-adaptation";
import { isShown, seesRecords, titlesOf } from "./ground";
import type { MappingDocument, MappingDocumentRow } from "./schema";

type Stream = MappingDocument["streams"][number];
type Declared = { path: string; title: string };

/** A value as a person reads it, shortened; null when there is none. */
function exampleOf(data: unknown, target: string): string | null {
  const value = compileReader(target)(data);
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** That records are written there as well, in a sentence. */
function writtenWords(ctx: Ctx, { stream, integrationName: name }: Whole): string[] {
  if ((stream.direction ?? "pull") === "pull") return [];
  return [sayTo(ctx)("detail.written_by", { what: stream.label, name })];
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

function streamOf(ctx: Ctx, row: Whole, declared: readonly Declared[]): Stream {
  const { stream, mapping, model, records } = row;
  const say = sayTo(ctx);
  const { overrides } = standingOfRow(row);
  const shown = isShown(ctx, mapping.choices);
  const titles = titlesOf(row.schema?.fields ?? null, declared);
  const fields = new Map(withOverrides(mapping.fields, overrides).map((field) => [field.target, field]));
  const newest = seesRecords(ctx) ? records[0]?.data : undefined;
  const rowOf = (target: string, name: string, required: boolean, field: FieldMapping): MappingDocumentRow => ({
    target,
    field: name,
    from: field.constant === undefined ? sayOrigin(field, titles, say) : null,
    path: field.from ?? null,
    how: field.constant === undefined ? saySteps(field, titles, say) : sayOrigin(field, titles, say),
    whenEmpty: sayEmpty(field, required, say),
    example: newest ? exampleOf(newest, target) : null,
    own: Object.hasOwn(overrides, target),
  });
  return {
    id: row.streamId as Stream["id"], // those that are on have one
    key: stream.key,
    label: stream.label,
    template: row.templateName,
    model: model.name,
    filter: ctx.actor.type === "customer" ? null : mapping.filter,
    only: [...writtenWords(ctx, row), ...onlyWords(ctx, row)],
    rows: model.fields.flatMap(({ key, name, required }) => {
      const field = fields.get(key);
      if (!shown(key)) return [];
      if (field) return [rowOf(key, name, required, field)];
      if (!Object.hasOwn(overrides, key)) return [];
      return [
        {
          target: key,
          field: name,
          from: null,
          path: null,
          how: say("origin.left_out"),
          whenEmpty: say("empty.left"),
          example: null,
          own: true,
        },
      ];
    }),
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
  const streams = rows.map((row) => streamOf(ctx, whole(row), manifest?.objects[row.stream.object]?.fields ?? []));
  const document = { connectionId: input.connectionId, ...account, streams };
  return { ...document, markdown: documentText(document, ctx.clock.now(), sayTo(ctx)) };
}
