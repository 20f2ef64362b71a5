import { z } from "zod";
import { listRollouts } from "#server/domains/rollouts/list-rollouts";
import { finishRollout, pauseRollout, resumeRollout, rollBack } from "#server/domains/rollouts/steer-rollout";
import type { Ctx } from "#server/lib/context";
import type { RolloutId } from "#server/lib/ids";
import { operation } from "../operation";
import { cursor, idOf, limitUpTo, moment, pageOf } from "../shapes";

const Figures = z.object({
  streams: z.number().int(),
  moved: z.number().int().meta({ description: "Streams at the new version." }),
  pending: z.number().int().meta({ description: "Moved, and not yet re-mapped to their end." }),
  records: z.number().int().meta({ description: "Of the streams that were moved." }),
  heldBack: z.number().int().meta({ description: "Records held back that were not before the step." }),
  failedRuns: z.number().int().meta({ description: "Runs that failed for a reason that a mapping can have." }),
  writes: z.number().int().meta({ description: "Writes at the third party that were settled since the step began." }),
  heldWrites: z
    .number()
    .int()
    .meta({ description: "Of them those that were refused, or of which it is not known whether they were done." }),
  worst: z
    .object({ customer: z.string(), of: z.enum(["records", "writes"]), records: z.number().int(), heldBack: z.number().int() })
    .nullable()
    .meta({
      description:
        "Of the customers moved who have 20 records (or writes settled) or more, the one of whom most are newly held back, or refused; null when none are. `of` says what `records` counts.",
    }),
});

const RolloutBody = z
  .object({
    id: z.string(),
    templateId: z.string(),
    streamKey: z.string(),
    fromVersion: z.number().int(),
    toVersion: z.number().int(),
    status: z.enum(["running", "halted", "done", "rolled_back"]),
    steps: z.array(z.number().int()).meta({ description: "Shares in percent; 0 = your own customers only." }),
    step: z.number().int().meta({ description: "Which of the steps it stands at, from 0." }),
    stepAt: moment,
    watchMs: z.number().int().meta({ description: "How long a step is watched before the next." }),
    maxErrorPercent: z.number().int().meta({
      description: "With more than so many of a hundred newly held back, or more than half of one customer's, it rolls back by itself.",
    }),
    reason: z.string().nullable().meta({ description: "Why it is paused or was rolled back." }),
    startedBy: z.string(),
    createdAt: moment,
    finishedAt: moment.nullable(),
    figures: Figures.nullable().meta({ description: "How it fares since the step began; null when it is over." }),
  })
  .meta({ id: "Rollout" });

const NOT_OPEN = "409 when it is over already.";

type Steer = { name: string; summary: string; description: string; run: (ctx: Ctx, which: { rolloutId: RolloutId }) => Promise<unknown> };

const steering = ({ name, summary, description, run }: Steer) =>
  operation({
    id: `${name.replace(/-b/, "B")}Rollout`,
    method: "POST",
    path: `/v1/rollouts/{id}/${name}`,
    ...{ summary, description: `${description} ${NOT_OPEN}` },
    input: z.strictObject({ id: idOf("rollout") }),
    output: null,
    run: async (ctx, { id }) => {
      await run(ctx, { rolloutId: id });
    },
  });

export const rollouts = [
  operation({
    id: "listRollouts",
    method: "GET",
    path: "/v1/rollouts",
    summary: "List roll-outs of mapping versions",
    description: "Newest first.",
    input: z.strictObject({ cursor, limit: limitUpTo(100, 50) }),
    output: pageOf(RolloutBody),
    async run(ctx, input) {
      const { items, next } = await listRollouts(ctx, input);
      const bodies = items.map(({ templateName: _name, streamLabel: _label, ...rollout }) => ({
        ...rollout,
        stepAt: rollout.stepAt.toISOString(),
        createdAt: rollout.createdAt.toISOString(),
        finishedAt: rollout.finishedAt?.toISOString() ?? null,
      }));
      return { items: bodies, next };
    },
  }),
  steering({
    name: "pause",
    summary: "Pause a roll-out",
    description: "Everybody stays where they are; nothing is rolled back by itself meanwhile.",
    run: pauseRollout,
  }),
  steering({ name: "resume", summary: "Go on with a paused roll-out", description: "From the step it was paused at.", run: resumeRollout }),
  steering({
    name: "roll-back",
    summary: "Roll a version back",
    description: "Everybody goes back to the version before and is re-mapped; the version is withdrawn.",
    run: rollBack,
  }),
  steering({
    name: "finish",
    summary: "Finish a roll-out at once",
    description: "Everybody who is left gets the version now, unwatched.",
    run: finishRollout,
  }),
];
