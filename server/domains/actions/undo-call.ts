import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ActionCallId } from "#server/lib/ids";
import { checkItem, planWrite, requestForOne } from "#server/runtime/writes/plan";
import { type ActionRow, type CallView, callOf, contentOf, isAction, outcomeOf, type Place, placeOf, type RecordInput } from "./internal";
import { startCall, WAIT_MS } from "./start-call";

type Way = { kind: "update" | "delete"; content: RecordInput };

const never = (message: string) => new AppError("conflict", message);

/** The write that takes this one back. `conflict` says why there is none. */
function wayBack(ctx: Ctx, row: ActionRow, { manifest }: Place): Way {
  if (row.kind === "lookup") throw never("A lookup changes nothing, so there is nothing to take back.");
  if (row.kind === "action")
    throw never(`An action cannot be taken back: ${manifest.name} has no way to say what "${row.name}" has done. Undo it there by hand.`);
  if (row.status !== "done") throw never(`Only what was done can be taken back, and this call is "${row.status}".`);
  if (row.kind === "delete") throw never("A deletion cannot be taken back: the record would come back as another one. Create it anew.");
  const { id: given, data = {}, undo } = contentOf(ctx, row) as RecordInput;
  if (undo) throw never("This call took another one back. Write the record anew instead.");
  const outcome = outcomeOf(ctx, row);
  const { id = given, created } = (outcome?.result ?? {}) as { id?: string; created?: boolean };
  if (!id) throw never(`${manifest.name} did not say which record it was, so it cannot be taken back.`);
  const back = { id, undo: { of: row.id, after: outcome?.after ?? data } };
  if (row.kind === "create" || created === true) {
    if (!manifest.objects[row.name]?.writes?.delete) throw never(`${manifest.name} cannot delete records of this kind.`);
    return { kind: "delete", content: back };
  }
  if (!outcome?.before) throw never(`What was there before is not known: ${manifest.name} did not show it.`);
  return { kind: "update", content: { ...back, data: outcome.before } };
}

/**
 * Takes one write back: what was changed is put back, what was created is deleted, both only if the record still is as the write left it, which
 * is looked at first (else the answer is `refused`, and says what was changed). Asked twice it is done once. `conflict` for what can never be
 * taken back, `not_found` for what is not the caller's.
 */
export async function undoCall(ctx: Ctx, input: { callId: string; waitMs?: number }): Promise<CallView> {
  const [row] = await withScope(ctx, (tx) => callOf(ctx, tx, input.callId as ActionCallId));
  if (!row || !isAction(row)) throw new AppError("not_found", `no call ${input.callId.slice(0, 100)} here; calls are kept for a week`);
  const place = await placeOf(ctx, row.connectionId);
  const { kind, content } = wayBack(ctx, row, place);
  const plan = planWrite(place.manifest, row.name, kind);
  checkItem(plan, { ...content, key: "" });
  requestForOne(plan, { ...content, key: "" });
  return startCall(ctx, place, { kind, name: row.name, content, key: `undo ${row.id}`, waitMs: input.waitMs ?? WAIT_MS });
}
