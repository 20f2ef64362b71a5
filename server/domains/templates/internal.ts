import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type postgres from "postgres";
import type { Tx } from "#server/db/client";
import { mappings, templates } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { keyOf } from "#server/mapping/same-value";
import type { ObjectSpec } from "#server/runtime/manifest";
import { authorOf } from "../mappings/internal";
import { type Locked, type Outline, outlineOf } from "./lock";

/** The streams of template `t` as they are being designed: drafted, else of the newest version, else in force. */
export const designedStreams = (sql: postgres.TransactionSql) => sql`coalesce(t.draft->'streams', (
  select v.document->'streams' from template_versions v
   where v.template_id = t.id and v.environment_id = t.environment_id and v.status = 'rolling' limit 1), t.streams)`;

export const refuse = (path: string, message: string) => new AppError("invalid", message, { details: { issues: [{ path, message }] } });

const hashOf = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 12);

/** Names what is drafted outside the mappings: another name later means that somebody else has saved or published since. */
const outlineBasis = ({ template, standing, rolling }: Locked): string =>
  `${rolling ?? template.version}-${hashOf(template.draft ? outlineOf(template.draft) : standing)}`;

/** Names all that publishing would bring; begins with {@link outlineBasis}. */
export async function basisOfTemplate(ctx: Ctx, tx: Tx, locked: Locked): Promise<string> {
  const drafts = await tx
    .select({ key: mappings.streamKey, fields: mappings.fields, filter: mappings.filter, choices: mappings.choices })
    .from(mappings)
    .where(
      and(eq(mappings.environmentId, ctx.scope.environmentId), eq(mappings.templateId, locked.template.id), eq(mappings.status, "draft")),
    )
    .orderBy(mappings.streamKey);
  return `${outlineBasis(locked)}-${hashOf(drafts)}`;
}

const CHANGED = "Somebody else has changed this template since you opened it. Look at it and try again.";

/** Refuses to go on from what is not there any more. What is drafted of mappings does not matter to who changes the rest. */
export function checkOutlineBasis(locked: Locked, input: { basis?: string | undefined; version?: number | undefined }): void {
  const { version } = locked.template;
  if (input.version !== undefined && input.version !== version)
    throw new AppError("conflict", `the template is at version ${version} now; look at it and save again`);
  if (input.basis !== undefined && !input.basis.startsWith(`${outlineBasis(locked)}-`)) throw new AppError("conflict", CHANGED);
}

/** The same for who publishes: all of what they saw. */
export async function checkWholeBasis(ctx: Ctx, tx: Tx, locked: Locked, basis: string | undefined): Promise<void> {
  if (basis !== undefined && basis !== (await basisOfTemplate(ctx, tx, locked))) throw new AppError("conflict", CHANGED);
}

/** Keeps what is to become of a template with its next version; what is as it stands is no draft. Returns the basis to go on from. */
export async function writeDraft(ctx: Ctx, tx: Tx, locked: Locked, change: Partial<Outline>): Promise<string> {
  const next = { ...locked.wanted, ...change };
  const isSame = keyOf(next) === keyOf(locked.standing);
  const draft = isSame ? null : { ...next, by: authorOf(ctx), at: ctx.clock.now().toISOString() };
  const { template } = locked;
  await tx
    .update(templates)
    .set({ draft })
    .where(and(eq(templates.id, template.id), eq(templates.environmentId, ctx.scope.environmentId)));
  return basisOfTemplate(ctx, tx, { ...locked, template: { ...template, draft }, wanted: next });
}

/**
 * Whether the first reading of an object may begin at a date: its source can be asked for what has changed since, and whoever is
 * deleted is not learned by reading everything.
 */
export const canBeginAt = (spec: Pick<ObjectSpec, "changes" | "deletes" | "each">): boolean =>
  spec.changes?.since !== undefined && spec.each === undefined && spec.deletes?.by !== "scan";
