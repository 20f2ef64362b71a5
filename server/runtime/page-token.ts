import { AppError } from "#server/lib/errors";
import type { Cursor } from "./cursor";
import { tokenAt } from "./next-page";
import { plainRequest, tokenIsAddress } from "./paging/request";
import type { Plan } from "./read-plan";
import type { Reply, Send } from "./send";

type Told = Pick<Cursor, "told">;

/** A token as it is kept: an address whole. */
const kept = ({ changes }: Plan, found: string, reply: Reply): Told => ({
  told: changes && tokenIsAddress(changes) ? new URL(found, reply.url).href : found,
});

/**
 * Where listings do not tell the token of what will be new: asked for as a whole reading begins, before anything is read, so that
 * nothing falls in between. Null: it is told otherwise, or is known. Throws when none is given.
 */
export async function firstToken(send: Send, plan: Plan, cursor: Cursor, signal: AbortSignal | undefined): Promise<Told | null> {
  const token = plan.spec.changes?.token;
  if (!token?.request || cursor.mode !== "full") return null;
  if (cursor.told !== undefined) return { told: cursor.told };
  const reply = await send(plainRequest(token.request, plan.full.protocol), signal);
  const found = tokenAt(reply, token.from);
  if (found !== null) return kept(plan, found, reply);
  throw new AppError("provider_invalid_response", `${plan.name} gives no token to begin with.`);
}

/** The token that a page tells, if it does. */
export function tokenOn(plan: Plan, cursor: Cursor, reply: Reply): Told {
  const token = plan.spec.changes?.token;
  const found = token && !reply.ended ? tokenAt(reply, token.from) : null;
  return found === null ? (cursor.told === undefined ? {} : { told: cursor.told }) : kept(plan, found, reply);
}
