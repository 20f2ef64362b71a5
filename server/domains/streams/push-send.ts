import type { PageFacts } from "#server/db/schema/streams";
import { AppError } from "#server/lib/errors";
import { changeOf } from "#server/runtime/pages";
import { keyedWhole, planWrite, type WriteItem } from "#server/runtime/writes/plan";
import type { WriteResult } from "#server/runtime/writes/result";
import { createWriter, type Writing } from "#server/runtime/writes/writer";
import type { Marked } from "./outbox";
import { inLanes } from "./push-look";
import { backOff, type Pushing, type Ready } from "./push-ready";
import type { Settled } from "./settle-wishes";
import type { Flat } from "./way-back";

export type Sending = Extract<Ready, { kind: "send" }>;
type Data = Record<string, unknown>;

/** A record that changes at the third party whenever we are about to write it is left to a person after so many attempts. */
const MOST_RACES = 5;

const itemOf = ({ sent }: Sending, mark: Marked): WriteItem => ({
  key: mark.key,
  firstAtMs: mark.firstAtMs,
  ...(sent.externalId === null ? {} : { id: sent.externalId }),
  ...(sent.data === null ? {} : { data: sent.data }),
  ...(sent.guard === null ? {} : { version: sent.guard }),
  ...(mark.again ? { again: true } : {}),
});

/** A repeat that lacks some of those it once went with would be another call to the third party. */
const isTornApart = (sending: readonly Sending[], whole: boolean): boolean =>
  whole && sending.some(({ wish, sent }) => wish.again && sent.together !== sending.length);

const TORN: WriteResult = { outcome: "unknown", message: "It was sent together with others, and what became of it was not told." };

/** Sends what was marked, operation by operation. Of each what became of it, in the order given. */
export async function sendAll(
  { leg }: Pushing,
  hands: Writing,
  sending: readonly Sending[],
  marks: ReadonlyMap<string, Marked>,
  signal: AbortSignal,
): Promise<{ results: WriteResult[]; calls: PageFacts[] }> {
  const results: WriteResult[] = [];
  const calls: PageFacts[] = [];
  const writer = createWriter(hands, leg.object);
  for (const operation of ["create", "upsert", "update", "delete"] as const) {
    const numbers = [...sending.keys()].filter((n) => sending[n]?.sent.operation === operation);
    if (numbers.length === 0) continue;
    const some = numbers.map((n) => sending[n] as Sending);
    const plan = planWrite(hands.manifest, leg.object, operation, hands.config);
    const items = some.map((one) => itemOf(one, marks.get(one.wish.ownId) as Marked));
    const write = async (part: readonly WriteItem[]): Promise<WriteResult[]> => {
      const written = await writer.write(operation, part, signal);
      calls.push(...written.calls);
      return written.results;
    };
    const told = isTornApart(some, plan.batch !== null && keyedWhole(plan, plan.batch))
      ? some.map(() => TORN)
      : plan.batch
        ? await write(items)
        : (await inLanes(items, (item) => write([item]))).flat();
    for (const [i, n] of numbers.entries()) results[n] = told[i] ?? { outcome: "unknown", message: "Nothing became of this record." };
  }
  return { results, calls };
}

const msOf = (ms: number) => (Number.isFinite(ms) ? Math.floor(ms) : null);

/** What became of something that was sent. `whole`: its record was read afterwards. */
export type Outcome = WriteResult & { whole?: boolean };
type Done = Extract<Outcome, { outcome: "done" }>;

/** Two-way: what was seen of the record, for the link, and the record as we hold it. `theirs`: what was written, as they have it. */
function seenOf(
  { way, leg, spec }: Pushing,
  { wish, seenMs }: Sending,
  result: Done,
  { id, theirs, isShown }: { id: string; theirs: Flat; isShown: boolean },
) {
  if (leg.direction !== "two_way") return { link: {}, mirror: {} };
  const { record, whole = false } = result;
  return {
    link: {
      theirsMs: record === undefined ? (seenMs ?? null) : msOf(changeOf(record, spec)),
      ...{ unseen: whole ? [] : Object.keys(theirs), echoDue: !isShown },
    },
    mirror: wish.held
      ? { mirror: { externalId: id, data: way.merged(wish.held, theirs), source: whole ? JSON.stringify(record) : undefined } }
      : {},
  };
}

/** What both sides agree on from now on, and what the journal says. */
function settleDone(push: Pushing, one: Sending, result: Done, key: string): Partial<Settled> & { result: "done" } {
  const { way } = push;
  const { sent, more } = one;
  const { operation, externalId, before, undoes } = sent;
  const id = result.id ?? externalId ?? "";
  const journal = { id: key, externalId: id, before, undoOf: undoes.at(-1) ?? null };
  if (operation === "delete") return { result: "done", unlink: true, write: { ...journal, op: "delete", after: null }, undone: undoes };
  const keys = Object.keys(sent.ours);
  const sentFlat = way.fromTheirs(sent.data, keys);
  const shown = result.record === undefined ? {} : way.fromTheirs(result.record, keys);
  const asSent = (key: string) => sentFlat[key] ?? (sent.op === "undo" ? null : sent.ours[key]);
  const theirs: Flat = Object.fromEntries(keys.map((key) => [key, Object.hasOwn(shown, key) ? shown[key] : asSent(key)]));
  const isShown = keys.every((key) => Object.hasOwn(shown, key));
  const after: Data = way.parts(isShown ? result.record : sent.data, keys);
  const isNew = operation === "create" || (operation === "upsert" && result.created !== false);
  const seen = seenOf(push, one, result, { id, theirs, isShown });
  const link = {
    ...seen.link,
    externalId: id,
    baseOurs: { ...more.link?.baseOurs, ...sent.ours },
    baseTheirs: { ...more.link?.baseTheirs, ...theirs },
  };
  return { result: "done", link, write: { ...journal, op: isNew ? "create" : "update", after }, undone: undoes, ...seen.mirror };
}

function settleLater(
  wish: Sending["wish"],
  result: Extract<WriteResult, { outcome: "later" }>,
  alone: boolean,
): Partial<Settled> & { result: "later" } {
  const { code, message, again, retryAfterMs } = result;
  // What concerns the whole stream is waited out by the stream.
  const own = code === "provider_unavailable" && !alone;
  return { result: "later", code, message, again, waitMs: own ? Math.max(retryAfterMs ?? 0, backOff(wish.attempts)) : 0 };
}

/** What became of something that was sent. `alone`: nothing of its batch came through. */
export function settledBy(push: Pushing, one: Sending, result: Outcome, key: string, alone: boolean): Settled {
  const { wish, sent, more } = one;
  const base = { ...more, ownId: wish.ownId, op: sent.op, version: sent.version };
  const { link: _link, ...rest } = base;
  switch (result.outcome) {
    case "done":
      return { ...base, ...settleDone(push, one, result, key) };
    case "later":
      return { ...rest, ...settleLater(wish, result, alone) };
    case "unknown":
      return { ...rest, result: "unknown", again: true, code: "provider_unavailable", message: result.message, field: null };
    case "refused":
      if (result.code === "conflict" && sent.guard !== null && wish.attempts < MOST_RACES)
        return { ...rest, result: "later", again: false };
      return {
        ...rest,
        result: "held",
        code: result.code,
        message: result.message,
        field: result.field === null ? null : push.way.keyAt(result.field),
      };
  }
}

const WHOLE = new Set(["provider_rate_limited", "reauth_required", "insufficient_scope", "config_invalid"]);

/** Trouble that concerns the whole stream, as the error that ends the leg; null = there is none. */
export function troubleOf(results: readonly WriteResult[]): AppError | null {
  const later = results.flatMap((one) => (one.outcome === "later" ? [one] : []));
  const whole = later.find(({ code }) => WHOLE.has(code)) ?? (later.length === results.length ? later[0] : undefined);
  if (!whole) return null;
  const { code, message, retryAfterMs } = whole;
  return new AppError(code, message, retryAfterMs === null ? {} : { retryAfterMs });
}
