import { countDistinct, desc, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectorVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { checkManifest } from "./check-manifest";
import { actorName, lockKey, ofKey } from "./internal";
import { faultText, type ManifestFault, type SourceFormat } from "./schema";

const MOST_CONNECTORS = 100;
const MOST_VERSIONS = 1_000;

export type SaveVersion = {
  source: string;
  /** Told by the text when not given. */
  format?: SourceFormat | undefined;
  /** `new`: the key must be free. `next`: it must be `key` and be taken. Not given: whichever it is. */
  as?: { kind: "new" } | { kind: "next"; key: string } | undefined;
};

/** `created` false: the newest version is the same file already. */
export type SavedVersion = { key: string; version: number; created: boolean };

const refused = (faults: ManifestFault[]): AppError =>
  new AppError(
    "invalid",
    `The manifest has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}. ${faults.slice(0, 5).map(faultText).join("; ")}`,
    {
      details: { issues: faults.map((fault) => ({ path: fault.path, message: faultText({ ...fault, path: "" }) })), faults },
    },
  );

/** Checks a manifest and keeps it as a draft: the first version of a new connector, or the next of one there is. */
export async function saveVersion(ctx: Ctx, { source, format, as }: SaveVersion): Promise<SavedVersion> {
  const checked = checkManifest(source, format);
  if (!checked.ok) throw refused(checked.faults);
  const { key } = checked.manifest;
  if (as?.kind === "next" && as.key !== key)
    throw refused([{ line: null, path: "key", message: `must be "${as.key}", whose version this is, and is "${key}"` }]);
  return withScope(ctx, async (tx) => {
    await lockKey(tx, ctx, key);
    const [newest] = await tx
      .select({ source: connectorVersions.source, version: connectorVersions.version })
      .from(connectorVersions)
      .where(ofKey(ctx, key))
      .orderBy(desc(connectorVersions.version))
      .limit(1);
    if (as?.kind === "new" && newest)
      throw new AppError("conflict", `The connector "${key}" exists. Send this as its next version: POST /v1/connectors/${key}/versions.`);
    if (as?.kind === "next" && !newest) throw new AppError("not_found", `There is no connector "${key}" here.`);
    if (newest?.source === source) return { key, version: newest.version, created: false };
    const version = newest ? newest.version + 1 : await firstVersion(tx, ctx);
    if (version > MOST_VERSIONS) throw new AppError("quota_exceeded", `A connector has at most ${MOST_VERSIONS} versions.`);
    await tx.insert(connectorVersions).values({
      vendorId: ctx.scope.vendorId,
      key,
      version,
      source,
      format: checked.format,
      manifest: checked.value,
      createdBy: actorName(ctx.actor),
    });
    return { key, version, created: true };
  });
}

/** 1, unless the vendor has as many connectors as it may. */
async function firstVersion(tx: Tx, ctx: Ctx): Promise<number> {
  const [all] = await tx
    .select({ keys: countDistinct(connectorVersions.key) })
    .from(connectorVersions)
    .where(eq(connectorVersions.vendorId, ctx.scope.vendorId));
  if ((all?.keys ?? 0) >= MOST_CONNECTORS)
    throw new AppError("quota_exceeded", `A vendor has at most ${MOST_CONNECTORS} private connectors.`);
  return 1;
}
