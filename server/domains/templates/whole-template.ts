import { and, eq, inArray, or } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { mappings } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import type { Outline } from "./lock";
import type { TemplateDocument } from "./schema";
import type { WholeTemplate } from "./template-changes";

const CONTENT = {
  key: mappings.streamKey,
  version: mappings.version,
  status: mappings.status,
  fields: mappings.fields,
  filter: mappings.filter,
  choices: mappings.choices,
};
type Content = Pick<typeof mappings.$inferSelect, "version" | "fields" | "filter" | "choices">;

const EMPTY: Content = { version: 0, fields: [], filter: null, choices: {} };
const contentOf = ({ version, fields, filter, choices }: Content) => ({ version, fields, filter, choices });

/** Templates as wholes: the newest version, and with what is drafted. */
export async function designedWholes(ctx: Ctx, tx: Tx, templateId: TemplateId, outlines: { standing: Outline; wanted: Outline }) {
  const rows = await tx
    .select(CONTENT)
    .from(mappings)
    .where(
      and(
        eq(mappings.environmentId, ctx.scope.environmentId),
        eq(mappings.templateId, templateId),
        inArray(mappings.status, ["draft", "published", "rolling"]),
      ),
    );
  const newest = (key: string, drafted: boolean) =>
    rows.filter((row) => row.key === key && (drafted || row.status !== "draft")).sort((a, b) => b.version - a.version)[0] ?? EMPTY;
  const wholeOf = (outline: Outline, drafted: boolean): WholeTemplate => ({
    ...outline,
    streams: outline.streams.map((stream) => ({ ...stream, mapping: contentOf(newest(stream.key, drafted)) })),
  });
  return { before: wholeOf(outlines.standing, false), after: wholeOf(outlines.wanted, true) };
}

/** Versions as wholes, as they were published. */
export async function publishedWholes(
  ctx: Ctx,
  tx: Tx,
  templateId: TemplateId,
  documents: readonly TemplateDocument[],
): Promise<WholeTemplate[]> {
  const wanted = documents.flatMap(({ streams }) => streams.map(({ key, mapping }) => ({ key, mapping })));
  const rows =
    wanted.length === 0
      ? []
      : await tx
          .select(CONTENT)
          .from(mappings)
          .where(
            and(
              eq(mappings.environmentId, ctx.scope.environmentId),
              eq(mappings.templateId, templateId),
              or(...wanted.map(({ key, mapping }) => and(eq(mappings.streamKey, key), eq(mappings.version, mapping)))),
            ),
          );
  return documents.map(({ name, description, streams }) => ({
    name,
    description,
    streams: streams.map(({ mapping, ...stream }) => ({
      ...stream,
      mapping: contentOf(rows.find((row) => row.key === stream.key && row.version === mapping) ?? { ...EMPTY, version: mapping }),
    })),
  }));
}
