import type { Ctx } from "#server/lib/context";
import { toAppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { readsOf } from "#server/mapping/reads";
import { specOf } from "#server/runtime/read-plan";
import { openHands } from "#server/runtime/writes/open-hands";
import type { Writing } from "#server/runtime/writes/writer";
import { patiently } from "../schemas/patiently";
import { readsWith } from "../streams/looked-up";
import { canSearch, inLanes, lookerOf, matched } from "../streams/push-look";
import { needsLook, prepare } from "../streams/push-prepare";
import { type Pushing, settle } from "../streams/push-ready";
import { compileWayBack } from "../streams/way-back";
import type { FirstMatches } from "./first-matches";
import { OWN_AT_ONCE, type OwnWish, ownPage } from "./own-pages";
import type { DryRunWrites } from "./schema";
import type { Trial } from "./trial";
import { type Weight, WriteTally } from "./write-tally";

/** Records that the third party is asked about one by one, at most. */
const LOOKS = 200;
const UNREAD = "Not all records of the account were read for this: it may be among the others.";

type Writes = NonNullable<Trial["writes"]>;
type Given = {
  trial: Trial & { writes: Writes };
  connectionId: ConnectionId;
  untilMs: number;
  signal: AbortSignal | undefined;
  /** Of a stream of which nothing is stored yet: what was read for this. */
  first: FirstMatches | null;
  /** Throws when nobody waits for it any more. */
  waitedFor(): Promise<void>;
};

/** What a push goes by, of the mapping that is tried. */
function pushingOf({ writes, object, fields, filter, only, lookups = [], model }: Given["trial"], { manifest }: Writing): Pushing {
  const spec = specOf(manifest, object);
  const { direction, settings } = writes;
  const reads = readsWith(lookups, readsOf({ fields, filter, only }));
  return { leg: { direction, settings, fields, object, reads }, manifest, spec, way: compileWayBack({ fields, model, spec }) };
}

/** Asks the third party, as long as it answers and not too often. */
class Asking {
  left = LOOKS;
  readonly #push: Pushing;
  readonly #hands: Writing;
  readonly #signal: AbortSignal;
  readonly #stopped: AbortSignal | undefined;
  #trouble: string | null = null;

  constructor(push: Pushing, hands: Writing, untilMs: number, stopped: AbortSignal | undefined) {
    [this.#push, this.#hands, this.#stopped] = [push, hands, stopped];
    const timeUp = AbortSignal.timeout(Math.max(1, Math.ceil(untilMs - performance.now())));
    this.#signal = stopped ? AbortSignal.any([stopped, timeUp]) : timeUp;
  }

  /** What `ask` brings; why nothing is known when the third party does not answer. */
  async #of<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | { unknown: string }> {
    if (this.#trouble !== null) return { unknown: this.#trouble };
    try {
      return await patiently(this.#signal, () => ask(this.#signal));
    } catch (error) {
      this.#stopped?.throwIfAborted();
      this.#trouble = this.#signal.aborted ? "The third party took too long." : toAppError(error).message;
      return { unknown: this.#trouble };
    }
  }

  matched(ctx: Ctx, streamId: string | null, wishes: readonly OwnWish[]) {
    const given = { push: this.#push, hands: this.#hands };
    return this.#of((signal) => matched(ctx, streamId ?? "", { ...given, signal }, wishes));
  }

  /** What a wish comes to, by the code of the push. */
  async weigh(wish: OwnWish): Promise<Weight> {
    if (wish.left && wish.externalId === null) return { ready: settle(wish, { result: "done" }), there: null };
    const held = wish.source === null ? null : (JSON.parse(wish.source) as unknown);
    if (held !== null || !needsLook(this.#push, wish)) return { ready: prepare(this.#push, wish, "unread"), there: held };
    this.left--;
    const look = await this.#of((signal) => lookerOf(this.#push, this.#hands, signal)(wish.externalId ?? ""));
    if (typeof look === "object" && "unknown" in look) return look;
    return { ready: prepare(this.#push, wish, look), there: typeof look === "string" ? null : look.value };
  }
}

type Page = { push: Pushing; asking: Asking; tally: WriteTally };

/** What a page of own records comes to. */
async function weighPage(ctx: Ctx, { trial, first }: Given, { push, asking, tally }: Page, page: readonly OwnWish[]): Promise<void> {
  const wishes = first ? page.map((wish) => first.placed(wish)) : page;
  const found = await asking.matched(ctx, trial.streamId, wishes);
  // Whether those are there that are to be looked for nobody can say.
  const isOpen = (wish: OwnWish) => wish.op === "put" && wish.externalId === null && push.leg.settings?.match && !wish.left;
  const unknown = "unknown" in found ? found : null;
  const held = "unknown" in found ? [] : found.held;
  const byId = new Map(wishes.map((wish) => [wish.ownId, wish]));
  for (const ready of held) {
    const own = ready.kind === "settled" ? byId.get(ready.settled.ownId) : undefined;
    if (own) tally.add(own, { ready, there: null });
  }
  const placed = "unknown" in found ? wishes : found.wishes;
  const weights = await inLanes(placed, (wish): Promise<Weight> => {
    if (unknown && isOpen(wish)) return Promise.resolve(unknown);
    if (isOpen(wish) && first?.mayBeUnread(wish) && !canSearch(push)) return Promise.resolve({ unknown: UNREAD });
    return asking.weigh(wish);
  });
  for (const [n, weight] of weights.entries()) tally.add(placed[n] as OwnWish, weight);
}

/**
 * What a mapping would write at the third party of a customer's own records, and nothing written: the links, the way back and the decisions of
 * the push itself. The third party is asked about records as a push would ask; where it does not answer the record is `unknown`.
 */
export async function weighWrites(ctx: Ctx, given: Given): Promise<DryRunWrites> {
  const { vendorId, environmentId, customerId = "" } = ctx.scope;
  const hands = await openHands(ctx, { vendorId, environmentId, customerId, connectionId: given.connectionId }, "interactive");
  const push = pushingOf(given.trial, hands);
  const asking = new Asking(push, hands, given.untilMs, given.signal);
  const tally = new WriteTally(push, given.trial.hidden);
  for (let after = ""; ; ) {
    await given.waitedFor();
    const page = await ownPage(ctx, given.trial, after);
    await weighPage(ctx, given, { push, asking, tally }, page);
    if (page.length < OWN_AT_ONCE) return tally.result(false);
    after = page.at(-1)?.ownId ?? "";
    if (performance.now() >= given.untilMs || asking.left <= 0) return tally.result(true);
  }
}
