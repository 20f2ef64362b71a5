import { desc } from "drizzle-orm";
import { connectorVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type ConformanceReport, conformanceReport } from "./conformance-report";
import { manifestIn, ofKey, type StoredVersion, versionOf } from "./internal";
import type { SourceFormat, VersionStatus } from "./schema";

export type VersionRow = {
  key: string;
  version: number;
  status: VersionStatus;
  format: SourceFormat;
  createdBy: string;
  createdAt: Date;
  publishedAt: Date | null;
  retiredAt: Date | null;
};
export type VersionDetail = VersionRow & { source: string; report: ConformanceReport };

const META = {
  key: connectorVersions.key,
  version: connectorVersions.version,
  status: connectorVersions.status,
  format: connectorVersions.format,
  createdBy: connectorVersions.createdBy,
  createdAt: connectorVersions.createdAt,
  publishedAt: connectorVersions.publishedAt,
  retiredAt: connectorVersions.retiredAt,
};

/** The versions of a private connector, newest first. `not_found` when there is none. */
export async function listVersions(ctx: Ctx, { key }: { key: string }): Promise<VersionRow[]> {
  const rows = await withScope(ctx, (tx) =>
    tx.select(META).from(connectorVersions).where(ofKey(ctx, key)).orderBy(desc(connectorVersions.version)),
  );
  if (rows.length === 0) throw new AppError("not_found", `There is no private connector "${key.slice(0, 60)}" here.`);
  return rows;
}

const metaOf = ({ key, version, status, format, createdBy, createdAt, publishedAt, retiredAt }: StoredVersion): VersionRow => ({
  ...{ key, version, status, format, createdBy, createdAt, publishedAt, retiredAt },
});

/** One version, with the file as it was given and what is known of its claims. */
export async function getVersion(ctx: Ctx, { key, version }: { key: string; version: number }): Promise<VersionDetail> {
  const row = await withScope(ctx, (tx) => versionOf(tx, ctx, key, version));
  return { ...metaOf(row), source: row.source, report: await conformanceReport(manifestIn(row), row.claims) };
}
