import { asc, eq } from "drizzle-orm";
import { integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";
import { findManifests } from "#server/runtime/find-manifest";

export type LookupAction = {
  integrationId: IntegrationId;
  integrationName: string;
  /** Key of the lookup in the connector's manifest. */
  action: string;
  title: string;
  description: string;
  input: { key: string; title: string; type: string; required: boolean }[];
  /** Titles of what it answers. */
  answers: string[];
};

/** What can be looked up for a record: the lookups of every integration there is, by integration. Two statements at most. */
export async function listLookups(ctx: Ctx): Promise<LookupAction[]> {
  const rows = await withScope(ctx, (tx) =>
    tx
      .select({
        id: integrations.id,
        name: integrations.name,
        connectorKey: integrations.connectorKey,
        connectorVersion: integrations.connectorVersion,
      })
      .from(integrations)
      .where(eq(integrations.environmentId, ctx.scope.environmentId))
      .orderBy(asc(integrations.name), asc(integrations.id))
      .limit(200),
  );
  const manifestOf = await findManifests(ctx, rows);
  return rows.flatMap((row) =>
    Object.entries(manifestOf(row)?.actions ?? {}).flatMap(([action, { kind, title, description, input, output }]) =>
      kind === "lookup"
        ? {
            ...{ integrationId: row.id, integrationName: row.name, action, title, description },
            input: input.map(({ key, title: called, type, required }) => ({ key, title: called, type, required })),
            answers: output.map((one) => one.title),
          }
        : [],
    ),
  );
}
