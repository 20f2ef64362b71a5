import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import type { Conflict, FieldChoices, Overrides } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import { sayField } from "#server/mapping/say-field";
import { type ConnectorRef, findManifests } from "#server/runtime/find-manifest";
import { sayTo } from "#server/words/reader";
import { ofCustomer } from "../views/connection-sql";
import { isShown, titlesOf } from "./ground";
import type { FieldChange, OverridesVersion } from "./schema";

const MOST = 100;

type Revision = { n: number; overrides: Overrides; conflicts: Conflict[]; by: string; at: string };
type Row = ConnectorRef & {
  object: string;
  model: ModelField[];
  sources: SourceField[] | null;
  choices: FieldChoices | null;
  revisions: Revision[];
};

/** What the fields were before and after, of those that differ. Where only one of them patches a field, the other has the template's. */
function changesBetween(before: Overrides, after: Overrides): Pick<FieldChange, "target" | "before" | "after">[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((target) => {
    const [was, is] = [before[target], after[target]];
    const change = { target, before: was ? was.field : (is?.base ?? null), after: is ? is.field : (was?.base ?? null) };
    return keyOf(change.before) === keyOf(change.after) ? [] : [change];
  });
}

const authors = (by: string): OverridesVersion["by"] => (by === "customer" ? "customer" : by === "system" ? "system" : "team");

/** The revisions of a customer's mapping, newest first, each with what changed field by field. The last hundred. */
export async function overridesHistory(ctx: Ctx, input: { streamId: StreamId }): Promise<OverridesVersion[]> {
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select s.object, mo.fields as model, cs.fields as sources, m.choices, i.connector_key as "connectorKey", i.connector_version as "connectorVersion",
           (select coalesce(jsonb_agg(jsonb_build_object('n', o.n, 'overrides', o.overrides, 'conflicts', o.conflicts, 'by', o.created_by, 'at', o.created_at)
                     order by o.n desc), '[]') from (
              select * from stream_overrides x where x.stream_id = s.id and x.environment_id = s.environment_id and x.customer_id = s.customer_id
               order by x.n desc limit ${MOST + 1}
            ) o) as revisions
      from streams s
      join templates t on t.environment_id = s.environment_id and t.id = s.template_id
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
      left join models mo on mo.environment_id = s.environment_id and mo.key = s.model_key
      left join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key and m.version = s.template_version
      left join connection_schemas cs on cs.environment_id = s.environment_id and cs.connection_id = s.connection_id and cs.object = s.object
     where s.id = ${input.streamId} and s.environment_id = ${ctx.scope.environmentId} ${ofCustomer(sql, ctx.scope, sql`s.customer_id`)}`,
  );
  if (!row) throw new AppError("not_found", `no stream ${input.streamId} here`);
  const object = (await findManifests(ctx, [row]))(row)?.objects[row.object];
  const titles = titlesOf(row.sources, object?.fields ?? []);
  const order = (row.model ?? []).map((field) => field.key);
  const names = new Map((row.model ?? []).map((field) => [field.key, field.name]));
  const shown = isShown(ctx, row.choices ?? {});
  return row.revisions.slice(0, MOST).map(({ n, overrides, conflicts, by, at }, index) => ({
    n,
    at: new Date(at),
    by: authors(by),
    who: ctx.actor.type === "customer" || !by.includes("@") ? null : by,
    changes: changesBetween(row.revisions[index + 1]?.overrides ?? {}, overrides)
      .filter(({ target }) => shown(target))
      .sort((a, b) => order.indexOf(a.target) - order.indexOf(b.target))
      .map((change) => ({
        ...change,
        name: names.get(change.target) ?? change.target,
        beforeText: sayField(change.before, titles, sayTo(ctx)),
        afterText: sayField(change.after, titles, sayTo(ctx)),
      })),
    conflicts: conflicts.filter(({ target }) => shown(target)).length,
  }));
}
