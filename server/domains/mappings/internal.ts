import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { mappings, models, templateVersions } from "#server/db/schema";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { compileMapping, defaultFault } from "#server/mapping/compile";
import { ensureExpressions, loadExpressions } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";
import type { FieldChoices } from "#server/mapping/overrides";
import { type FieldMapping, MappingFields } from "#server/mapping/schema";
import { templateFault } from "#server/mapping/template-check";
import { lockTemplate } from "../templates/lock";
import { basisOf } from "./basis";

export type MappingRef = { templateId: TemplateId; streamKey: string };

/**
 * The stream as it is being designed and its model, locked against a concurrent publish; `not_found` outside the scope. `isNew` = the
 * template's next version brings it.
 */
export async function lockTemplateStream(ctx: Ctx, tx: Tx, ref: MappingRef) {
  const { environmentId } = ctx.scope;
  const locked = await lockTemplate(ctx, tx, ref.templateId);
  const has = (one: { key: string }) => one.key === ref.streamKey;
  const standing = locked.standing.streams.find(has);
  const stream = locked.wanted.streams.find(has) ?? standing;
  if (!stream) throw new AppError("not_found", `no stream "${ref.streamKey}" in template ${ref.templateId}`);
  const [model] = await tx
    .select()
    .from(models)
    .where(and(eq(models.environmentId, environmentId), eq(models.key, stream.model)));
  if (!model) throw new AppError("config_invalid", `the template's model "${stream.model}" does not exist`);
  return { locked, stream, model, isNew: standing === undefined };
}

export const ofStream = (ctx: Ctx, ref: MappingRef) =>
  and(eq(mappings.environmentId, ctx.scope.environmentId), eq(mappings.templateId, ref.templateId), eq(mappings.streamKey, ref.streamKey));

/** Refuses to go on from what is not there any more; nothing is said by those who gave no basis. */
export async function checkBasis(ctx: Ctx, tx: Tx, ref: MappingRef, basis: string | undefined): Promise<void> {
  if (basis === undefined) return;
  const published = await newestMapping(ctx, tx, ref, "published");
  if (basisOf(published, await newestMapping(ctx, tx, ref, "draft")) === basis) return;
  throw new AppError(
    "conflict",
    `Somebody else has changed this mapping since you opened it${published ? `; version ${published.version} is in force` : ""}.`,
  );
}

/** The draft, or what a next draft goes on from: the newest version, one that a roll-out brings to customers among them. */
export async function newestMapping(ctx: Ctx, tx: Tx, ref: MappingRef, status: "draft" | "published") {
  const [row] = await tx
    .select()
    .from(mappings)
    .where(and(ofStream(ctx, ref), inArray(mappings.status, status === "draft" ? ["draft"] : ["published", "rolling"])))
    .orderBy(desc(mappings.version))
    .limit(1);
  return row ?? null;
}

/** The number of the template's next version, which drafts bear: withdrawn ones count, no number is given out twice. */
export async function nextVersion(ctx: Ctx, tx: Tx, { id, version }: { id: TemplateId; version: number }): Promise<number> {
  const { environmentId } = ctx.scope;
  const [row] = await tx.execute<{ top: number }>(sql`
    select greatest(${version}::int,
      (select max(v.version) from ${templateVersions} v where v.environment_id = ${environmentId} and v.template_id = ${id}),
      (select max(m.version) from ${mappings} m where m.environment_id = ${environmentId} and m.template_id = ${id} and m.status <> 'draft')) as top`);
  return (row?.top ?? 0) + 1;
}

type Issue = { path: string; message: string };

/** Names each field by its target, which is what a person knows it by, and not by its place in the list. */
function targetOf(input: unknown, [index, ...rest]: readonly PropertyKey[]): string {
  const field: unknown = Array.isArray(input) && typeof index === "number" ? input[index] : null;
  const target = typeof field === "object" && field !== null && "target" in field ? field.target : null;
  return typeof target === "string" ? target : [index, ...rest].map(String).join(".");
}

const refusal = (issues: Issue[]) =>
  new AppError("invalid", `the mapping is not valid: ${issues[0]?.path ?? ""}: ${issues[0]?.message ?? ""}`, { details: { issues } });

/** Parses fields from outside and proves that they compile; `invalid` names the field that does not. */
export async function checkFields(input: unknown, modelFields: Parameters<typeof compileMapping>[1]): Promise<FieldMapping[]> {
  const parsed = MappingFields.safeParse(input);
  if (!parsed.success) {
    throw refusal(parsed.error.issues.slice(0, 20).map(({ path, message }) => ({ path: targetOf(input, path), message })));
  }
  const known = new Set(modelFields.map((field) => field.key));
  const stranger = parsed.data.find((field) => !known.has(field.target));
  if (stranger) {
    const message = `the model has no field "${stranger.target}"; add it to the model or remove it here`;
    throw new AppError("invalid", message, { details: { issues: [{ path: stranger.target, message }] } });
  }
  const types = new Map(modelFields.map((field) => [field.key, field]));
  const unread = parsed.data.flatMap((field) => {
    const { target, template } = field;
    const message = (template === undefined ? null : templateFault(template)) ?? defaultFault(field, types.get(target));
    return message === null ? [] : [{ path: target, message }];
  });
  if (unread.length > 0) throw refusal(unread);
  await ensureExpressions(parsed.data);
  try {
    compileMapping(parsed.data, modelFields);
  } catch (error) {
    const message = error instanceof RangeError ? error.message : "the mapping does not compile";
    const target = parsed.data.find((field) => message.startsWith(`${field.target}: `))?.target;
    const issues = target === undefined ? [] : [{ path: target, message: message.slice(target.length + 2) }];
    throw new AppError("invalid", message, { cause: error, details: { issues } });
  }
  return parsed.data;
}

/** Proves that a filter compiles; blank means none. `invalid` says what is wrong with it. */
export async function checkFilter(filter: string | null | undefined): Promise<string | null | undefined> {
  if (filter === undefined || filter === null) return filter;
  const text = filter.trim();
  if (text === "") return null;
  await loadExpressions();
  try {
    compileFilter(text);
  } catch (error) {
    throw new AppError("invalid", error instanceof RangeError ? error.message : "the filter does not compile", { cause: error });
  }
  return text;
}

/**
 * Proves that what customers may choose can be chosen: of fields the model has, and nothing that it needs hidden while it is empty.
 * Fields that are as the template has them are left out. `invalid` names the field.
 */
export function checkChoices(choices: FieldChoices, model: readonly ModelField[], fields: readonly FieldMapping[]): FieldChoices {
  const known = new Map(model.map((field) => [field.key, field]));
  const filled = new Set(fields.map(({ target }) => target));
  const issues = Object.entries(choices).flatMap(([target, { customer }]): Issue[] => {
    const field = known.get(target);
    if (!field) return [{ path: target, message: "is not a field of the model; remove the choice" }];
    if (customer === "optional" && field.required)
      return [{ path: target, message: "is required by the model; customers cannot leave it out" }];
    if (customer === "hidden" && field.required && !filled.has(target))
      return [{ path: target, message: "is required and empty; map it before it is hidden, or let customers choose" }];
    return [];
  });
  if (issues.length > 0) throw refusal(issues);
  return Object.fromEntries(Object.entries(choices).filter(([, { customer, prompt }]) => customer !== "fixed" || prompt !== undefined));
}

/** Whose name stands in the history. */
export const authorOf = (ctx: Ctx): string => (ctx.actor.type === "member" ? ctx.actor.email : ctx.actor.type);
