import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { type Proof, proofOf } from "./endpoint-scheme";

/** Why a call was not taken: `missing` = it carries no signature, `time` = it was signed too long ago, or ahead. */
export type Refusal = "no_secret" | "missing" | "time" | "signature";

export type InboundEndpoint = {
  id: string;
  integrationId: string;
  /** Null: it serves all accounts of the integration. */
  connectionId: string | null;
  customerName: string | null;
  accountLabel: string | null;
  /** Its address without the secret last part, which was shown when it was made. */
  addressHint: string;
  proof: Proof;
  secretSet: boolean;
  /** We made it at the third party ourselves, and keep it there. */
  automatic: boolean;
  accepted: number;
  refused: number;
  lastAcceptedAt: Date | null;
  lastRefusedAt: Date | null;
  lastRefusal: Refusal | null;
  /** Calls of the last 14 days that were proven but could not be read, and what was wrong with the newest. */
  unreadable: number;
  lastUnreadable: string | null;
  createdAt: Date;
};

type Row = Omit<InboundEndpoint, "addressHint" | "proof"> & {
  connectorKey: string;
  connectorVersion: number | null;
  clientSecret: boolean;
};

/** Addresses at which third parties may call, oldest first, and how their calls fared. At most 200. */
export async function listInboundEndpoints(ctx: Ctx, input: { integrationId?: IntegrationId | undefined }): Promise<InboundEndpoint[]> {
  const { environmentId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select e.id, e.integration_id as "integrationId", e.connection_id as "connectionId", cu.name as "customerName", c.account_label as "accountLabel",
           e.secret is not null as "secretSet", g.client_secret is not null as "clientSecret", s.endpoint_id is not null as automatic,
           e.accepted::float8 as accepted, e.refused::float8 as refused, e.last_accepted_at as "lastAcceptedAt", e.last_refused_at as "lastRefusedAt",
           e.last_refusal as "lastRefusal", coalesce(f.n, 0)::int as unreadable, f.newest as "lastUnreadable", e.created_at as "createdAt",
           g.connector_key as "connectorKey", g.connector_version as "connectorVersion"
      from inbound_endpoints e
      join integrations g on g.environment_id = e.environment_id and g.id = e.integration_id
      left join connections c on c.environment_id = e.environment_id and c.id = e.connection_id
      left join customers cu on cu.environment_id = e.environment_id and cu.id = e.customer_id
      left join webhook_subscriptions s on s.endpoint_id = e.id
      left join lateral (
        select count(*) as n, (array_agg(i.error order by i.received_at desc))[1] as newest from inbox i where i.endpoint_id = e.id and i.status = 'failed'
      ) f on true
     where e.environment_id = ${environmentId} and (${input.integrationId ?? null}::text is null or e.integration_id = ${input.integrationId ?? null})
     order by e.created_at, e.id limit 200`,
  );
  const manifestOf = await findManifests({ db: ctx.db, scope: ctx.scope }, rows);
  return rows.map(({ connectorKey, connectorVersion, clientSecret, ...row }) => {
    const proof = schemeProof(manifestOf, { connectorKey, connectorVersion });
    return {
      ...row,
      secretSet: proof === "app" ? clientSecret : row.secretSet,
      proof,
      addressHint: `${ctx.config.origin}/api/webhooks/${connectorKey}/…`,
    };
  });
}

type Ref = { connectorKey: string; connectorVersion: number | null };

/** A connector that is gone, or takes no calls any more, proves nothing. */
function schemeProof(manifestOf: (ref: Ref) => Manifest | null, ref: Ref): Proof {
  try {
    const webhooks = manifestOf(ref)?.webhooks;
    return webhooks ? proofOf(webhooks) : "none";
  } catch (error) {
    if (isAppError(error)) return "none";
    throw error;
  }
}
