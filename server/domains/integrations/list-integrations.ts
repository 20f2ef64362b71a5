import { readScoped } from "#server/db/tenancy";
import { given } from "#server/domains/views/connection-sql";
import { iconUrl } from "#server/domains/views/connection-view";
import { problemOf } from "#server/domains/views/problem";
import type { Ctx } from "#server/lib/context";
import { findManifests } from "#server/runtime/find-manifest";
import type { IntegrationRow } from "#server/trpc/views";
import { authOf, hasApp, scopesOf } from "./manifest-facts";

type Row = {
  id: string;
  name: string;
  tagline: string;
  connectorKey: string;
  connectorVersion: number | null;
  categories: string[];
  status: IntegrationRow["status"];
  authKey: string;
  hasClientId: boolean;
  hasClientSecret: boolean;
  scopes: string[];
  sandbox: boolean;
  gate: string | null;
  claimUrl: string | null;
  connections: number;
  failure: { code: string; detail: string | null; at: string } | null;
};

/** The vendor's integrations in their order, with what is missing to switch them on. Secrets are never among it. */
export async function listIntegrations(ctx: Ctx, input: { id?: string } = {}): Promise<IntegrationRow[]> {
  const { environmentId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select i.id, i.name, i.tagline, i.connector_key as "connectorKey", i.connector_version as "connectorVersion", i.categories, i.status, i.auth_key as "authKey",
           i.client_id is not null as "hasClientId", i.client_secret is not null as "hasClientSecret", i.scopes, i.sandbox_origin is not null as sandbox, i.gate, i.claim_url as "claimUrl",
           (select count(*)::int from connections c where c.environment_id = i.environment_id and c.integration_id = i.id
              and c.status <> 'disconnected') as connections,
           (select case when a.status = 'failed' then jsonb_build_object('code', a.error_code, 'detail', a.error_detail, 'at', a.created_at) end
              from authorizations a
             where a.environment_id = i.environment_id and a.integration_id = i.id
               and (a.status = 'finished' or (a.status = 'failed' and a.error_code = 'config_invalid'))
             order by a.created_at desc limit 1) as failure
      from integrations i
     where i.environment_id = ${environmentId} ${given(sql, input.id, (id) => sql`and i.id = ${id}`)}
     order by i.position, i.name, i.id`,
  );
  const manifestOf = await findManifests(ctx, rows);
  return rows.map(({ authKey, hasClientId, hasClientSecret, scopes, failure, ...row }) => {
    const manifest = manifestOf(row);
    const auth = authOf(manifest, authKey);
    return {
      ...row,
      iconUrl: iconUrl(row.connectorKey),
      categories: row.categories.length > 0 ? row.categories : (manifest?.categories ?? []),
      configured: auth !== null && hasApp(auth, { hasClientId, hasClientSecret }),
      installUrl: auth?.type === "oauth2_code" ? `${ctx.config.origin}/connect/install/${row.id}` : null,
      redirectUri: `${ctx.config.origin}/connect/callback/${row.id}`,
      scopes: scopesOf(auth, scopes),
      problem: failure && { ...problemOf("vendor", failure.code, failure.detail), at: new Date(failure.at) },
    };
  });
}
