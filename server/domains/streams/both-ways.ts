import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { SharedField } from "#server/mapping/merge-record";
import { findManifest } from "#server/runtime/find-manifest";
import { changeOf } from "#server/runtime/pages";
import { specOf } from "#server/runtime/read-plan";
import type { Leg } from "./begin-leg";
import { matchBy } from "./match-keys";
import { sharedFields } from "./push-prepare";
import { compileWayBack, type WayBack } from "./way-back";

/** What the pages of a stream that goes both ways are brought together with own records by. */
export type Both = {
  /** The third party's name. */
  name: string;
  modelKey: string;
  way: WayBack;
  fields: readonly SharedField[];
  /** Field of the model by which records without a link find each other; null = they do not. */
  match: string | null;
  /** When a record of the third party says that it changed, in epoch ms; null = it does not say. */
  theirsAt(value: unknown): number | null;
};

type Row = { modelKey: string; matchField: string | null; connectorKey: string; connectorVersion: number | null };

type Mapped = Pick<Leg, "settings" | "object" | "fields" | "model">;

/** Looks up what the records of a two-way stream are brought together by, and how they were matched until now. Changes nothing. */
export async function readBoth(ctx: Ctx, streamId: string, mapped: Mapped): Promise<Both & { matchField: string | null }> {
  const { environmentId, customerId } = ctx.scope;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select s.model_key as "modelKey", s.match_field as "matchField", i.connector_key as "connectorKey", i.connector_version as "connectorVersion"
      from streams s
      join connections c on c.id = s.connection_id and c.environment_id = s.environment_id
      join integrations i on i.id = c.integration_id and i.environment_id = c.environment_id
     where s.id = ${streamId} and s.environment_id = ${environmentId} and s.customer_id = ${customerId ?? ""}`,
  );
  if (!row) throw new Error(`stream ${streamId} went away`);
  const { modelKey, matchField } = row;
  const manifest = await findManifest(ctx, row);
  const spec = specOf(manifest, mapped.object);
  const way = compileWayBack({ fields: mapped.fields, model: mapped.model, spec });
  return {
    ...{
      name: manifest.name,
      modelKey,
      matchField,
      way,
      match: mapped.settings?.match ?? null,
      fields: sharedFields({ leg: mapped, way }),
    },
    theirsAt(value) {
      const ms = changeOf(value, spec);
      return Number.isFinite(ms) ? ms : null;
    },
  };
}

/** The same for a leg, which has the stream's match keys be those of its setting. */
export async function openBoth(ctx: Ctx, streamId: string, leg: Mapped): Promise<Both> {
  const { matchField, ...both } = await readBoth(ctx, streamId, leg);
  if (matchField !== both.match) await matchBy(ctx, streamId, both.match);
  return both;
}
