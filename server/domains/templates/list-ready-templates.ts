import { listIntegrations } from "#server/domains/integrations/list-integrations";
import { iconUrl } from "#server/domains/views/connection-view";
import type { Ctx } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";
import { findManifests } from "#server/runtime/find-manifest";
import { readyTemplates } from "./ready-list";

export type ReadyStandView = {
  connector: string;
  connectorName: string;
  iconUrl: string;
  side: string;
  description: string;
  streams: { label: string; model: string }[];
  /** For connectors of any system: what they stand for. */
  standsFor: string | null;
  /** The vendor's integrations on which it can be taken over. */
  integrations: { id: IntegrationId; name: string }[];
};

export type ReadyTemplateItem = {
  key: string;
  title: string;
  useCase: string;
  audience: string;
  words: string[];
  today: string;
  notIncluded: string;
  models: { key: string; name: string }[];
  stands: ReadyStandView[];
};

/** All ready templates, each with where it can stand and on which of the vendor's integrations. */
export async function listReadyTemplates(ctx: Ctx): Promise<ReadyTemplateItem[]> {
  const ready = readyTemplates();
  const keys = [...new Set(ready.flatMap(({ stands }) => stands.map(({ connector }) => connector)))];
  const refs = keys.map((connectorKey) => ({ connectorKey, connectorVersion: null }));
  const [integrations, manifestOf] = await Promise.all([listIntegrations(ctx), findManifests(ctx, refs)]);
  const names = new Map(refs.map((ref) => [ref.connectorKey, manifestOf(ref)?.name ?? ref.connectorKey]));
  return ready.map(({ models, stands, ...one }) => ({
    ...one,
    models: models.map(({ key, name }) => ({ key, name })),
    stands: stands.map(({ connector, side, description, streams, expects }) => ({
      ...{ connector, side, description },
      connectorName: names.get(connector) ?? connector,
      iconUrl: iconUrl(connector),
      streams: streams.map(({ label, model }) => ({ label, model })),
      standsFor: expects?.standsFor ?? null,
      integrations: integrations
        .filter(({ connectorKey }) => connectorKey === connector)
        .map(({ id, name }) => ({ id: id as IntegrationId, name })),
    })),
  }));
}
