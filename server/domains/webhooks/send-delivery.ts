import { Webhook } from "standardwebhooks";
import type { EventPayload } from "#server/db/schema/webhooks";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { retryAfterMs } from "./schedule";

const TIMEOUT_MS = 20_000;
const BODY_KEPT = 2_048;

/** `secrets` all sign: a receiver accepts a message when one of the signatures is right. */
export type SendDelivery = { url: string; secrets: readonly string[]; eventId: string; payload: EventPayload };

export type Answer = {
  outcome: "delivered" | "failed" | "gone";
  status: number | null;
  /** The receiver's own words, or why nothing came back; at most 2 kB. */
  body: string;
  ms: number;
  /** How long the receiver asked us to wait. */
  askedMs: number | null;
};

/** What Postgres can hold of an answer. */
function kept(text: string): string {
  return text.replaceAll("\0", "").slice(0, BODY_KEPT);
}

/**
 * One attempt to tell an endpoint something, signed by Standard Webhooks. Never throws: a failure is an answer. A redirect
 * is a failure and is not followed; 410 means that the receiver wants no more.
 */
export async function sendDelivery(ctx: Pick<Ctx, "egress" | "clock">, input: SendDelivery): Promise<Answer> {
  const now = ctx.clock.now();
  const body = JSON.stringify(input.payload);
  const started = performance.now();
  try {
    const response = await ctx.egress({
      method: "POST",
      url: input.url,
      headers: {
        "content-type": "application/json",
        "user-agent": "Inlay-Webhooks/1",
        "webhook-id": input.eventId,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
        "webhook-signature": input.secrets.map((secret) => new Webhook(secret).sign(input.eventId, now, body)).join(" "),
      },
      body,
      timeoutMs: TIMEOUT_MS,
      limitBytes: 1_048_576,
    });
    const { status } = response;
    const outcome = status >= 200 && status < 300 ? "delivered" : status === 410 ? "gone" : "failed";
    return {
      outcome,
      status,
      body: kept(response.body.toString()),
      ms: Math.round(response.ms),
      askedMs: retryAfterMs(response.headers["retry-after"], now),
    };
  } catch (error) {
    const reason = isAppError(error) ? error.message : "The delivery failed on our side; it will be tried again.";
    return { outcome: "failed", status: null, body: kept(reason), ms: Math.round(performance.now() - started), askedMs: null };
  }
}
