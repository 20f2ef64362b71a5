import { and, eq, inArray } from "drizzle-orm";
import { runs, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { refOf } from "../streams/internal";
import { lockTemplate, refuse, writeTemplate } from "./internal";

export type RemoveStream = {
  templateId: TemplateId;
  streamKey: string;
  /** Turn it off for the customers who run it. */
  stopRunning?: boolean | undefined;
};

/**
 * Takes a stream out of a template. `conflict` while customers run it, unless it is to be turned off for them: their records stay as
 * they are and readable, and nothing is read any more. Its mapping is kept, should the stream come back.
 */
export async function removeStream(ctx: Ctx, input: RemoveStream): Promise<{ version: number; stopped: number }> {
  const { environmentId } = ctx.scope;
  const { version, stopped } = await withScope(ctx, async (tx) => {
    const { template } = await lockTemplate(ctx, tx, input.templateId);
    const rest = template.streams.filter(({ key }) => key !== input.streamKey);
    if (rest.length === template.streams.length)
      throw new AppError("not_found", `no stream "${input.streamKey}" in template ${template.id}`);
    if (rest.length === 0 && template.status === "published")
      throw refuse("streamKey", "A template on offer has at least one stream. Take it off offer first, or add another stream.");
    const ofStream = and(
      eq(streams.environmentId, environmentId),
      eq(streams.templateId, template.id),
      eq(streams.key, input.streamKey),
      eq(streams.status, "active"),
    );
    const running = await tx.select({ id: streams.id, customerId: streams.customerId }).from(streams).where(ofStream).for("update");
    if (running.length > 0 && !input.stopRunning)
      throw new AppError(
        "conflict",
        `${running.length} customers run "${input.streamKey}". Remove it with stopRunning to turn it off for them.`,
        {
          details: { running: running.length },
        },
      );
    if (running.length > 0) {
      await tx.update(streams).set({ status: "off", runId: null }).where(ofStream);
      const ids = running.map(({ id }) => id);
      await tx
        .update(runs)
        .set({ status: "cancelled", finishedAt: ctx.clock.now() })
        .where(and(inArray(runs.streamId, ids), eq(runs.environmentId, environmentId), eq(runs.status, "running")));
    }
    return { version: await writeTemplate(ctx, tx, template, { streams: rest }), stopped: running };
  });
  await Promise.all(stopped.slice(0, 200).map((stream) => ctx.keeping.stopStream(refOf(ctx, stream))));
  return { version, stopped: stopped.length };
}
