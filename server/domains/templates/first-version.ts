import type { Tx } from "#server/db/client";
import { mappings, templates, templateVersions } from "#server/db/schema";
import type { EnvironmentId, IntegrationId, TemplateId } from "#server/lib/ids";
import type { FieldChoices } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import type { TemplateStream } from "./schema";

export type FirstVersion = {
  environmentId: EnvironmentId;
  templateId: TemplateId;
  integrationId: IntegrationId;
  name: string;
  description: string;
  /** Whether customers may turn it on at once. */
  offered: boolean;
  streams: { stream: TemplateStream; fields: FieldMapping[]; filter?: string | null; choices?: FieldChoices }[];
  by: string;
  at: Date;
};

/** Stores a template that begins with a whole version: its version 1, published. */
export async function insertFirstVersion(tx: Tx, input: FirstVersion): Promise<void> {
  const { environmentId, templateId, integrationId, name, description, offered, streams, by, at } = input;
  const outline = { name, description, streams: streams.map(({ stream }) => stream) };
  const status = offered ? { status: "published" as const, publishedAt: at } : {};
  await tx.insert(templates).values({ id: templateId, environmentId, integrationId, version: 1, ...outline, ...status });
  await tx.insert(mappings).values(
    streams.map(({ stream, fields, filter = null, choices = {} }) => ({
      ...{ environmentId, templateId, streamKey: stream.key, version: 1, fields, filter, choices, settings: stream },
      ...{ status: "published" as const, createdBy: by, publishedAt: at },
    })),
  );
  const document = { ...outline, streams: outline.streams.map((stream) => ({ ...stream, mapping: 1 })) };
  await tx
    .insert(templateVersions)
    .values({ templateId, version: 1, environmentId, status: "published", document, createdBy: by, createdAt: at });
}
