import type { Ctx } from "#server/lib/context";
import { AppError, type ErrorCode, isAppError } from "#server/lib/errors";
import { compileReader } from "#server/mapping/paths";
import { keyOf } from "#server/mapping/same-value";
import type { SourceFault } from "#server/runtime/source";
import { act, actionOf, checkInput } from "#server/runtime/writes/act";
import { openHands } from "#server/runtime/writes/open-hands";
import type { Action } from "#server/runtime/writes/schema";
import type { Writing } from "#server/runtime/writes/writer";
import type { Lookup } from "../templates/schema";
import type { Leg } from "./begin-leg";
import { type Answers, answersOf, digestOf, isTree, LOOKUPS, type Tree, withAnswers, withoutAnswers } from "./looked-up";
import { connectionOf } from "./lookup-connection";
import { heldSources } from "./named-records";

/** A record as it is mapped: what was looked up for it stands in it. */
type Incoming = { id: string; value: unknown; source?: string };
type LookedUp = { records: readonly Incoming[]; faults: readonly SourceFault[] };
/**
 * Asks what a stream's lookups ask about records, and adds those held back to the `faults` there are. Throws `provider_rate_limited` when
 * all is to wait; what was answered by then is remembered.
 */
type LookUp = (records: readonly Incoming[], faults: readonly SourceFault[], signal: AbortSignal) => Promise<LookedUp>;

/** What is needed of a leg to look up for it. */
type Looking = Pick<Leg, "connectionId" | "phase" | "urgent"> & { settings: { lookups?: Lookup[] | undefined } | null };

const AT_ONCE = 4;
/** A wait longer than this holds a record back, and not the page. */
const LONGEST_WAIT_MS = 900_000;

/** So long a page is looked up before its leg gives the slot back; what was answered by then is remembered. */
const PAGE_MS = 60_000;

/** What was answered in the runs of this process: a page that has to be read again goes on where it stopped. Of the same run only. */
const remembered = new Map<string, Promise<unknown>>();
const MOST_REMEMBERED = 5_000;

function remember(key: string, ask: () => Promise<unknown>): Promise<unknown> {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const answer = ask();
  if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
  remembered.set(key, answer);
  answer.catch(() => remembered.delete(key)); // trouble is not an answer
  return answer;
}

/** Why a record is held back; `field` names the lookup. */
class Held extends Error {
  readonly code: ErrorCode;
  readonly field: string;
  constructor(code: ErrorCode, field: string, message: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

type Step = { lookup: Lookup; readers: [name: string, read: (value: unknown) => unknown][] };
type Asking = { ctx: Ctx; runId: string; connect: (lookup: Lookup) => Promise<{ hands: Writing; connectionId: string }> };

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";

/** A text field takes numbers and truths as text: an order's number is one to some, and a text to others. */
const fitted = (type: string | undefined, value: unknown): unknown =>
  type === "string" && (typeof value === "number" || typeof value === "boolean") ? String(value) : value;

function inputOf(action: Action, readers: Step["readers"], value: unknown): Tree {
  const input: Tree = {};
  for (const [name, read] of readers) {
    const found = read(value);
    if (!isEmpty(found)) input[name] = fitted(action.input.find(({ key }) => key === name)?.type, found);
  }
  return input;
}

/** Asks, or throws what keeps it from being asked. */
async function ask(hands: Writing, action: Action, input: Tree, signal: AbortSignal): Promise<unknown> {
  const { result } = await act(hands, action, { key: "", data: input }, signal);
  if (result.outcome === "done") return result.result;
  if (result.outcome === "unknown") throw new AppError("provider_unavailable", result.message);
  const retryAfterMs = result.outcome === "later" ? result.retryAfterMs : null;
  throw new AppError(result.code, result.message, retryAfterMs === null ? {} : { retryAfterMs });
}

/** One lookup for one record. Input that is needed and is not there: there is nothing to ask, and null is the answer. */
async function answer(asking: Asking, { lookup, readers }: Step, value: Tree, signal: AbortSignal): Promise<unknown> {
  const { hands, connectionId } = await asking.connect(lookup);
  const action = actionOf(hands.manifest, lookup.action);
  const input = inputOf(action, readers, value);
  if (action.input.some(({ key, required }) => required && isEmpty(input[key]))) return null;
  checkInput(action, input);
  const question = JSON.stringify([asking.runId, connectionId, lookup.action, keyOf(input)]);
  return remember(question, () => ask(hands, action, input, signal));
}

const waitsForAll = (error: AppError): boolean =>
  error.code === "provider_rate_limited" && (error.retryAfterMs ?? Number.POSITIVE_INFINITY) <= LONGEST_WAIT_MS;

async function answersFor(asking: Asking, steps: readonly Step[], digest: string, base: Tree, signal: AbortSignal): Promise<Answers> {
  const answers: Answers = { $: digest };
  for (const step of steps) {
    const { key, action, onError } = step.lookup;
    try {
      answers[key] = await answer(asking, step, withAnswers(base, answers), signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error) || error.code === "platform_error" || waitsForAll(error)) throw error;
      if (onError === "quarantine")
        throw new Held(error.code, `${LOOKUPS}.${key}`, `the lookup ${key} (${action}) came to nothing: ${error.message}`);
      answers[key] = null;
    }
  }
  return answers;
}

/** The record with what is known of it already, under these very lookups; null = it has to be asked about. */
function known(record: Incoming, digest: string, held: ReadonlyMap<string, string>): Incoming | null {
  if (answersOf(record.value)?.$ === digest) return record;
  const source = held.get(record.id);
  if (source === undefined) return null;
  const value = JSON.parse(source) as unknown;
  const same = answersOf(value)?.$ === digest && JSON.stringify(withoutAnswers(value)) === JSON.stringify(withoutAnswers(record.value));
  return same ? { id: record.id, value, source } : null;
}

const faultOf = ({ id, value }: Incoming, { code, field, message }: Held): SourceFault => ({
  ...{ externalId: id, code, field, message: message.slice(0, 2_000) },
  source: JSON.stringify(withoutAnswers(value)),
});

type Result = { record: Incoming } | { fault: SourceFault };

/** One record with its answers, or why it is held back. */
async function lookUpOne(record: Incoming, ask: (base: Tree) => Promise<Answers>): Promise<Result> {
  const base = withoutAnswers(record.value);
  if (!isTree(base)) return { record };
  try {
    if (LOOKUPS in base)
      throw new Held("config_invalid", LOOKUPS, `this record has a field “${LOOKUPS}” of its own, where answers of lookups stand`);
    return { record: { id: record.id, value: withAnswers(base, await ask(base)) } };
  } catch (error) {
    if (error instanceof Held) return { fault: faultOf(record, error) };
    throw error;
  }
}

const stepOf = (lookup: Lookup): Step => ({
  lookup,
  readers: Object.entries(lookup.input).map(([name, given]) => [name, "from" in given ? compileReader(given.from) : () => given.constant]),
});

/**
 * What looks up for the records of a leg what its stream's lookups say; without any it gives back what it is given. A record that is as it is held, and
 * was looked up under the same lookups, is not asked about again. What cannot be looked up holds its record back, and no other.
 */
export function lookUpFor(ctx: Ctx, { streamId, runId, leg }: { streamId: string; runId: string; leg: Looking }): LookUp {
  const lookups = leg.settings?.lookups ?? [];
  if (lookups.length === 0) return async (records, faults) => ({ records, faults });
  const digest = digestOf(lookups);
  const steps = lookups.map(stepOf);
  const asking: Asking = { ctx, runId, connect: connector(ctx, leg) };
  return async (records, faults, signal) => {
    const rows = await heldSources(
      ctx,
      streamId,
      records.map(({ id }) => id),
    );
    const held = new Map(rows.map(({ id, source }) => [id, source]));
    const untilMs = performance.now() + PAGE_MS;
    const ask = (base: Tree) => {
      if (performance.now() > untilMs)
        throw new AppError("provider_rate_limited", "looking these records up takes longer than a leg", { retryAfterMs: 100 });
      return answersFor(asking, steps, digest, base, signal);
    };
    const results = await inLanes(records, async (record): Promise<Result> => {
      const ready = known(record, digest, held);
      return ready ? { record: ready } : lookUpOne(record, ask);
    });
    return {
      records: results.flatMap((one) => ("record" in one ? [one.record] : [])),
      faults: [...faults, ...results.flatMap((one) => ("fault" in one ? [one.fault] : []))],
    };
  };
}

/** Each connection that is asked is opened once a leg, when it is first needed. */
function connector(ctx: Ctx, leg: Looking): Asking["connect"] {
  const { vendorId, environmentId, customerId = "" } = ctx.scope;
  const klass = leg.phase === "backfill" ? "backfill" : leg.urgent ? "realtime" : "incremental";
  const open = new Map<string, Promise<{ hands: Writing; connectionId: string }>>();
  return ({ integration }) => {
    const name = integration ?? "";
    const there = open.get(name);
    if (there !== undefined) return there;
    const opening = (async () => {
      const connectionId = integration ? await connectionOf(ctx, integration) : leg.connectionId;
      return { hands: await openHands(ctx, { vendorId, environmentId, customerId, connectionId }, klass), connectionId };
    })();
    open.set(name, opening);
    return opening;
  };
}

/** Does work for each, a few at a time, in order; after the first trouble no more is begun. */
async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let trouble = false;
  const lane = async () => {
    for (let at = next++; at < items.length && !trouble; at = next++) {
      try {
        results[at] = await work(items[at] as T);
      } catch (error) {
        trouble = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
  return results;
}
