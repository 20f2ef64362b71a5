import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import { readyFor } from "#server/domains/integrations/gate";
import { scopesOf } from "#server/domains/integrations/manifest-facts";
import type { ModelField } from "#server/domains/models/schema";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { FieldMapping } from "#server/mapping/schema";
import { waysBack } from "#server/mapping/ways-back";
import type { AuthMethod } from "#server/runtime/auth/schema";
import { findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import type { ConnectField, IntegrationDetail, TemplateOffer } from "#server/trpc/views/embed";
import { fieldsIn, inWordsOf } from "#server/words/connector-words";
import { sayTo } from "#server/words/reader";
import type { Say } from "#server/words/say";
import { writingOf } from "../overrides/written-back";
import { type OfferedIntegration, offeredIntegrations, offerOf } from "./cards";

/** `targets`: what the mapping fills and customers may know of. `fields`: the whole mapping, which decides together what goes back. */
type OfferedStream = TemplateOffer["streams"][number] & {
  object: string;
  modelFields: ModelField[];
  targets: string[];
  fields: FieldMapping[];
};
type OfferedTemplate = Omit<TemplateOffer, "streams"> & { streams: OfferedStream[] };
type Row = OfferedIntegration & { templates: OfferedTemplate[] };

/** Published templates of integration `d.id`, each stream with its model's fields and the ones its published mapping fills. */
const templatesOf = (sql: postgres.TransactionSql, environmentId: string) => sql`
  select coalesce(jsonb_agg(to_jsonb(x) order by x.id), '[]') from (
    select t.id, t.name, t.description,
           (select coalesce(jsonb_agg(n.connection_id order by n.id), '[]') from installations n
              join connections c on c.environment_id = n.environment_id and c.customer_id = n.customer_id and c.id = n.connection_id
             where n.environment_id = t.environment_id and n.template_id = t.id and n.status = 'active' and c.status <> 'disconnected') as "installedOn",
           (select coalesce(jsonb_agg(jsonb_build_object('key', e.value->>'key', 'label', e.value->>'label', 'direction', coalesce(e.value->>'direction', 'pull'),
                     'deletes', coalesce(e.value->>'deletes' = 'propagate', false), 'object', e.value->>'object', 'modelFields', coalesce(m.fields, '[]'),
                     'targets', coalesce(p.targets, '[]'), 'fields', coalesce(p.fields, '[]')) order by e.ordinality), '[]')
              from jsonb_array_elements(t.streams) with ordinality e
              left join models m on m.environment_id = t.environment_id and m.key = e.value->>'model'
              left join lateral (
                select (select jsonb_agg(f->>'target') from jsonb_array_elements(q.fields) f
                          where coalesce(q.choices -> (f->>'target') ->> 'customer', '') <> 'hidden') as targets, q.fields from mappings q
                 where q.environment_id = t.environment_id and q.template_id = t.id and q.stream_key = e.value->>'key' and q.status = 'published'
                 order by q.version desc limit 1
              ) p on true) as streams
      from templates t where t.environment_id = ${environmentId} and t.integration_id = d.id and t.status = 'published'
  ) x`;

const fieldsOf = (auth: AuthMethod | null, say: Say): ConnectField[] =>
  fieldsIn(say.language, auth?.fields ?? []).map(({ help, example, pattern, options, json: _json, ...field }) => ({
    ...field,
    help: help ?? null,
    example: example ?? null,
    pattern: pattern ?? null,
    options: options ?? null,
  }));

/** What the customer does: sign in there, or enter something here. */
const formOf = ({ type }: AuthMethod): IntegrationDetail["authType"] =>
  type === "oauth2_code" || type === "oauth1" ? "oauth2_code" : "api_key";

function permissionsOf(auth: AuthMethod | null, scopes: string[], say: Say): IntegrationDetail["permissions"] {
  const asked = scopesOf(auth, scopes);
  return {
    reasons: [...new Set(asked.flatMap(({ reason }) => (reason ? [inWordsOf(say.language, reason)] : [])))],
    scopes: asked.map(({ scope }) => scope),
  };
}

const isRead = ({ direction }: OfferedStream): boolean => direction !== "push";
const isWritten = ({ direction }: OfferedStream): boolean => direction !== "pull";

/** Of a stream's targets those that are written there: what has no way back is only read. */
function writtenOf(stream: OfferedStream, manifest: Manifest | null): OfferedStream {
  const writing = writingOf(manifest, stream.object, stream.direction);
  const back = new Set(writing ? waysBack({ fields: stream.fields, spec: writing.spec }).back.map(({ key }) => key) : []);
  return { ...stream, targets: stream.targets.filter((target) => back.has(target)) };
}

/** What streams carry: the names of the vendor's fields that they fill, in the model's order. Streams of one name are one line. */
function carriedBy(streams: OfferedStream[]): IntegrationDetail["reads"] {
  const lines = new Map<string, Set<string>>();
  for (const { label, modelFields, targets } of streams) {
    const line = lines.get(label) ?? new Set();
    for (const field of modelFields) if (targets.includes(field.key)) line.add(field.name);
    lines.set(label, line);
  }
  return [...lines].map(([label, fields]) => ({ label, fields: [...fields] }));
}

/** Labels as a list within a sentence. */
function listed(streams: OfferedStream[], say: Say): string {
  const labels = [...new Set(streams.map(({ label }) => label))].map((label, index) => (index === 0 ? label : say.inner(label)));
  return say.list(labels);
}

/** What the vendor's templates do with an account, whatever else the connector could. Null while there are none. */
function doneBy(streams: OfferedStream[], name: string, say: Say): string | null {
  const [read, written] = [streams.filter(isRead), streams.filter(isWritten)];
  if (streams.length === 0) return null;
  const deleted = written.filter(({ deletes }) => deletes);
  return [
    ...(read.length > 0 ? [say("detail.done_by", { what: listed(read, say), name })] : []),
    written.length > 0 ? say("detail.written_by", { what: listed(written, say), name }) : say("detail.unchanged", { name }),
    ...(deleted.length > 0 ? [say("detail.deleted_by", { what: listed(deleted, say), name })] : []),
  ].join(say.language === "ja" ? "" : " ");
}

/** One integration with all that is asked, read and offered, for this customer. */
export async function getIntegrationDetail(ctx: CustomerCtx, input: { integrationId: string }): Promise<IntegrationDetail> {
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select d.*, (${templatesOf(sql, ctx.scope.environmentId)}) as templates
      from (${offeredIntegrations(sql, ctx, sql`and i.id = ${input.integrationId}`)}) d`,
  );
  if (!row) throw new AppError("not_found", `no integration ${input.integrationId} here`);
  await readyFor([row]);
  const say = sayTo(ctx);
  const { card, manifest, auth, connections, connectable, locked } = offerOf(row, (await findManifests(ctx, [row]))(row), say);
  const templates = row.templates.map((template) => ({
    ...template,
    streams: template.streams.map((stream) => ({ ...stream, label: inWordsOf(say.language, stream.label) })),
  }));
  // Behind a closed gate, what is connected already may be connected again.
  const asks = connectable || (locked && connections.length > 0);
  const streams = templates.flatMap((template) => template.streams);
  return {
    ...card,
    locked,
    description: doneBy(streams, card.name, say) ?? (say.language === "en" ? manifest?.description : null) ?? card.tagline,
    authType: asks && auth ? formOf(auth) : "none",
    fields: asks ? fieldsOf(auth, say) : [],
    permissions: permissionsOf(auth, row.scopes, say),
    reads: carriedBy(streams.filter(isRead)),
    writes: carriedBy(streams.filter(isWritten).map((stream) => writtenOf(stream, manifest))),
    connections,
    templates: templates.map((template) => ({
      ...template,
      streams: template.streams.map(({ key, label, direction, deletes }) => ({ key, label, direction, deletes })),
    })),
  };
}
