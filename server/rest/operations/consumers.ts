import { z } from "zod";
import { confirmChanges } from "#server/domains/consumers/confirm-changes";
import { type Consumer, getConsumer, listConsumers } from "#server/domains/consumers/list-consumers";
import { putConsumer } from "#server/domains/consumers/put-consumer";
import { removeConsumer } from "#server/domains/consumers/remove-consumer";
import { AlertAfterMinutes, ConsumerName } from "#server/domains/consumers/schema";
import { operation } from "../operation";
import { moment, pageOf } from "../shapes";

const position = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const ConsumerBody = z
  .object({
    name: z.string(),
    state: z.enum(["current", "behind", "atRisk", "lost"]).meta({
      description:
        "`behind`: its oldest change waits longer than `alertAfterMinutes`. `atRisk`: changes it has not read are removed within a week. `lost`: some were; read `/v1/records` and go on with the position that `/v1/changes` names as `after`, or move it.",
    }),
    position: z.number().int().meta({ description: "Done up to here." }),
    unconfirmed: z.number().int().meta({ description: "Places that were given and are not yet said to be done." }),
    lag: z.number().int().meta({ description: "Places of the feed behind it." }),
    lagSeconds: z.number().int().meta({ description: "Age of the oldest change behind it; 0 when there is none." }),
    alertAfterMinutes: z.number().int(),
    lastSeenAt: moment.nullable().meta({ description: "When it last asked, exact to a minute." }),
    keyName: z.string().nullable().meta({ description: "The secret key it last read with." }),
    createdAt: moment,
  })
  .meta({ id: "Consumer" });

const bodyOf = ({ seenAt, createdAt, ...rest }: Consumer) => ({
  ...rest,
  lastSeenAt: seenAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

const one = z.strictObject({ name: ConsumerName });

/** Readers of the change feed whose place we keep. */
export const consumers = [
  operation({
    id: "listConsumers",
    method: "GET",
    path: "/v1/consumers",
    summary: "List consumers of the change feed",
    description: "Everybody who reads `/v1/changes` under a name, with how far behind they are in places and in time.",
    input: z.strictObject({}),
    output: pageOf(ConsumerBody).extend({
      latest: z.number().int().meta({ description: "Newest position of the feed." }),
      oldest: z.number().int().meta({ description: "Changes up to this position were removed: a consumer can be moved back to here." }),
    }),
    async run(ctx) {
      const { items, latest, oldest } = await listConsumers(ctx, {});
      return { items: items.map(bodyOf), next: null, latest, oldest };
    },
  }),
  operation({
    id: "getConsumer",
    method: "GET",
    path: "/v1/consumers/{name}",
    summary: "Get a consumer of the change feed",
    input: one,
    output: ConsumerBody,
    run: async (ctx, input) => bodyOf(await getConsumer(ctx, input)),
  }),
  operation({
    id: "putConsumer",
    method: "PUT",
    path: "/v1/consumers/{name}",
    summary: "Make a consumer, or move it",
    description:
      "`position` or `since` moves it to any point of the feed there still is, forward or back; it is given everything behind that point again. A reader at work gets `conflict` with its next `after` and goes on without it. Neither: its place stays, and a new consumer begins with the oldest change there is.",
    input: one
      .extend({
        position: position.optional().meta({ description: "It reads on behind this position." }),
        since: z.iso
          .datetime({ offset: true })
          .optional()
          .meta({ description: "It reads on with what was written at this moment or later." }),
        alertAfterMinutes: AlertAfterMinutes.optional().meta({ description: "After how long it counts as behind; 60 unless given." }),
      })
      .refine(({ position: to, since }) => to === undefined || since === undefined, { message: "give `position` or `since`, not both" }),
    output: ConsumerBody,
    async run(ctx, { since, ...input }) {
      await putConsumer(ctx, { ...input, since: since === undefined ? undefined : new Date(since) });
      return bodyOf(await getConsumer(ctx, input));
    },
  }),
  operation({
    id: "confirmChanges",
    method: "POST",
    path: "/v1/consumers/{name}/done",
    summary: "Say how far a consumer is done",
    description:
      "For who does not want to wait for the next page to say so. It never moves back; `conflict` for more than the consumer was given. A key that may read may say it.",
    scope: "read",
    input: one.extend({ position }),
    output: z.object({ position: z.number().int() }),
    run: (ctx, input) => confirmChanges(ctx, input),
  }),
  operation({
    id: "deleteConsumer",
    method: "DELETE",
    path: "/v1/consumers/{name}",
    summary: "Forget a consumer",
    description: "Should it read on under its name, it begins anew where it asks.",
    input: one,
    output: null,
    run: (ctx, input) => removeConsumer(ctx, input),
  }),
];
