import { and, eq } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { FieldChoices } from "#server/mapping/overrides";
import { neededOf } from "#server/mapping/unfilled";
import type { TemplateStream } from "../templates/schema";
import { basisOf } from "./basis";
import {
  authorOf,
  checkBasis,
  checkChoices,
  checkFields,
  checkFilter,
  lockTemplateStream,
  type MappingRef,
  newestMapping,
  nextVersion,
} from "./internal";

/**
 * What a draft filters by from now on. A stream that only writes sends what it is given: `invalid` when it is to filter. One that stands there
 * from before goes.
 */
async function filterOf(
  wanted: string | null | undefined,
  base: { filter: string | null } | null,
  { direction }: TemplateStream,
): Promise<string | null> {
  const filter = await checkFilter(wanted);
  const before = base?.filter ?? null;
  if (direction !== "push") return filter === undefined ? before : filter;
  if (filter === undefined || filter === null || filter === before) return null;
  throw new AppError(
    "invalid",
    "This stream only writes: it sends every record that you give it. Take the filter away, and leave out what is not to go.",
    {
      details: { issues: [{ path: "filter", message: "A stream that only writes has no filter." }] },
    },
  );
}

/**
 * Keeps a draft of a stream's mapping: there is one at most, and customers do not see it. A filter or choices that are not given stay
 * as they are; a filter of null takes all records. `invalid` names what is wrong. `basis` is what the editor began with: `conflict`
 * when somebody else has saved or published since. Returns the basis to go on from.
 */
export async function saveDraft(
  ctx: Ctx,
  input: MappingRef & {
    fields: unknown;
    filter?: string | null | undefined;
    choices?: FieldChoices | undefined;
    basis?: string | undefined;
  },
): Promise<{ id: string; version: number; basis: string }> {
  return withScope(ctx, async (tx) => {
    const { model, locked, stream } = await lockTemplateStream(ctx, tx, input);
    await checkBasis(ctx, tx, input, input.basis);
    const fields = await checkFields(input.fields, model.fields);
    const needed = neededOf(model.fields, stream.direction ?? "pull");
    const choices = input.choices && checkChoices(input.choices, needed, fields);
    const draft = await newestMapping(ctx, tx, input, "draft");
    const published = await newestMapping(ctx, tx, input, "published");
    const base = draft ?? published;
    const content = {
      fields,
      filter: await filterOf(input.filter, base, stream),
      choices: choices ?? base?.choices ?? {},
      createdBy: authorOf(ctx),
    };
    if (draft) {
      const mine = and(eq(mappings.id, draft.id), eq(mappings.environmentId, ctx.scope.environmentId));
      const [stored] = await tx.update(mappings).set(content).where(mine).returning();
      return { id: draft.id, version: draft.version, basis: basisOf(published, stored) };
    }
    const [row] = await tx
      .insert(mappings)
      .values({
        environmentId: ctx.scope.environmentId,
        templateId: input.templateId,
        streamKey: input.streamKey,
        version: await nextVersion(ctx, tx, locked.template),
        status: "draft",
        ...content,
      })
      .returning();
    if (!row) throw new AppError("platform_error", "the draft was not stored");
    return { id: row.id, version: row.version, basis: basisOf(published, row) };
  });
}
