import { and, desc, eq, lte, ne, or } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { MappingContent } from "#server/trpc/views";
import { lockTemplateStream, type MappingRef, ofStream } from "./internal";
import type { MappingVersion } from "./mapping-history";

/** `before` is the version it followed; null for the first. */
export type MappingVersionView = MappingVersion & MappingContent & { before: (MappingContent & { version: number }) | null };

/** What one version of a stream's mapping says, whoever uses it, and what the one before said. `not_found` when there is none. */
export async function getMappingVersion(ctx: Ctx, input: MappingRef & { version: number }): Promise<MappingVersionView> {
  return withScope(ctx, async (tx) => {
    await lockTemplateStream(ctx, tx, input);
    const [row, before] = await tx
      .select({
        id: mappings.id,
        version: mappings.version,
        status: mappings.status,
        createdBy: mappings.createdBy,
        createdAt: mappings.createdAt,
        publishedAt: mappings.publishedAt,
        fields: mappings.fields,
        filter: mappings.filter,
        choices: mappings.choices,
      })
      .from(mappings)
      .where(
        and(
          ofStream(ctx, input),
          lte(mappings.version, input.version),
          // What was rolled back was followed by nobody.
          or(eq(mappings.version, input.version), ne(mappings.status, "withdrawn")),
        ),
      )
      .orderBy(desc(mappings.version))
      .limit(2);
    if (row?.version !== input.version) throw new AppError("not_found", `there is no version ${input.version} of this mapping`);
    const { fields, filter, choices, version } = before ?? {};
    return {
      ...row,
      before: version === undefined ? null : { version, fields: fields ?? [], filter: filter ?? null, choices: choices ?? {} },
    };
  });
}
