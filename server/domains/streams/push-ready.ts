import type { Sent } from "#server/db/schema/pushing";
import type { PageFacts } from "#server/db/schema/streams";
import type { Manifest, ObjectSpec } from "#server/runtime/manifest";
import type { Leg } from "./begin-leg";
import type { TakenWish } from "./outbox";
import type { Settled } from "./settle-wishes";
import type { WayBack } from "./way-back";

/** Facts of a page for which the third party was not asked. */
export const NO_REQUEST: PageFacts = { method: "READ", path: "own records", status: 200, ms: 0, bytes: 0, retries: 0 };

/** What a push of one stream goes by. */
export type Pushing = {
  leg: Pick<Leg, "direction" | "settings" | "fields" | "object" | "reads">;
  manifest: Pick<Manifest, "name">;
  spec: ObjectSpec;
  way: WayBack;
};

/** The record at the third party as it is now. `unread`: nobody can be asked for it. */
export type Look = { value: unknown } | "gone" | "unread";

/**
 * What is to be done about a wish: something is sent, or it is settled without. `seenMs`: when the record had changed, by their clock, as it
 * was seen before.
 */
export type Ready =
  | { kind: "send"; wish: TakenWish; sent: Sent; more: Partial<Settled>; seenMs?: number | null }
  | { kind: "settled"; settled: Settled };

/** The wish is settled without anything being sent. */
export const settle = (wish: TakenWish, rest: Omit<Settled, "ownId" | "op" | "version">): Ready => ({
  kind: "settled",
  settled: { ownId: wish.ownId, op: wish.op, version: wish.version, ...rest },
});

export const hold = (
  wish: TakenWish,
  code: Settled["code"],
  message: string,
  field: string | null = null,
  more: Partial<Settled> = {},
): Ready => settle(wish, { result: "held", code: code ?? null, message, field, ...more });

export const sentBy = (wish: TakenWish, rest: Partial<Sent> & Pick<Sent, "operation">): Sent => ({
  ...{
    op: wish.op,
    version: wish.version,
    externalId: wish.externalId,
    data: null,
    ours: {},
    guard: null,
    before: null,
    undoes: [],
    together: 1,
  },
  ...rest,
});

const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 3_600_000;

/** How long a wish waits by itself before it is tried again, in milliseconds. */
export const backOff = (attempts: number) => Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 20));
