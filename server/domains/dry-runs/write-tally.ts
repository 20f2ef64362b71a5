import { compileReader } from "#server/mapping/paths";
import type { Say } from "#server/words/say";
import type { Pushing, Ready } from "../streams/push-ready";
import { type DryRunWrites, WRITE_KINDS, type WriteKind, type WriteSample } from "./schema";
import { shownPart, toldOf } from "./tally";

/** How many of each kind are shown: what is changed there first. Their sum is `DRY_RUN_SAMPLES`. */
const QUOTA: Record<WriteKind, number> = { update: 6, create: 5, hold: 4, delete: 2, unknown: 2, skip: 1 };

/** What becomes of one own record. `there`: the record at the third party as far as it is known. */
export type Weight = { ready: Ready; there: unknown } | { unknown: string };
type Own = { ownId: string; externalId: string | null };

type Judged = Pick<WriteSample, "what" | "fields" | "field" | "message" | "why">;
const NOTHING = { fields: [], field: null, message: null };

type Settled = Extract<Ready, { kind: "settled" }>["settled"];

function whyOf({ code, unlink }: Settled): NonNullable<WriteSample["why"]> {
  if (code === "conflict") return unlink ? "gone" : "several";
  return code === "mapping_failed" || code === "record_invalid" ? "value" : "unable";
}

/** The samples with their reasons in the reader's language: the engine's own words are English, and told only to who reads that. */
export const inWords = (writes: DryRunWrites, say: Say): DryRunWrites => ({
  ...writes,
  samples: writes.samples.map((sample) => {
    if (sample.what === "unknown") return { ...sample, message: say("sent.why_unknown") };
    return { ...sample, message: sample.what === "hold" ? say(`sent.why_${sample.why ?? "value"}`) : null };
  }),
});

function judged({ way }: Pushing, weight: Weight): Judged {
  if ("unknown" in weight) return { ...NOTHING, what: "unknown", message: weight.unknown };
  const { ready, there } = weight;
  if (ready.kind === "settled") {
    const { result, field = null, message = null } = ready.settled;
    return result === "held" ? { what: "hold", fields: [], field, message, why: whyOf(ready.settled) } : { ...NOTHING, what: "skip" };
  }
  const { operation, data, ours } = ready.sent;
  if (operation === "delete") return { ...NOTHING, what: "delete" };
  const fields = way.back
    .filter(({ key }) => Object.hasOwn(ours, key))
    .map(({ key: target, path }) => {
      const read = compileReader(path);
      return { target, path, before: there === null ? null : (read(there) ?? null), after: read(data) ?? null };
    });
  return { ...NOTHING, what: operation === "update" ? "update" : "create", fields };
}

/** Counts of what would be written, and a few samples of every kind. `hidden`: fields of the model that its reader may not know of. */
export class WriteTally {
  readonly #counts = Object.fromEntries(WRITE_KINDS.map((kind) => [kind, 0])) as Record<WriteKind, number>;
  readonly #samples: WriteSample[] = [];
  readonly #taken = new Map<WriteKind, number>();
  readonly #hidden: ReadonlySet<string>;
  readonly #push: Pushing;

  constructor(push: Pushing, hidden: readonly string[]) {
    this.#push = push;
    this.#hidden = new Set(hidden);
  }

  add({ ownId, externalId }: Own, weight: Weight): void {
    const { what, ...rest } = judged(this.#push, weight);
    this.#counts[what]++;
    const taken = this.#taken.get(what) ?? 0;
    if (taken >= QUOTA[what]) return;
    this.#taken.set(what, taken + 1);
    this.#samples.push({ what, ownId, externalId: externalId?.slice(0, 500) ?? null, ...this.#shown(rest) });
  }

  #shown({ fields, field, message, why }: Omit<Judged, "what">): Omit<Judged, "what"> {
    const open = fields.filter(({ target }) => !this.#hidden.has(target));
    const side = (of: "before" | "after") => shownPart(Object.fromEntries(open.map((one) => [one.target, one[of]])), new Set());
    const [before, after] = [side("before"), side("after")];
    return {
      fields: open.map(({ target, path }) => ({ target, path, before: before?.[target] ?? null, after: after?.[target] ?? null })),
      field: field === null || this.#hidden.has(field) ? null : field,
      message: toldOf(message, this.#hidden),
      ...(why ? { why } : {}),
    };
  }

  result(more: boolean): DryRunWrites {
    const { create, upsert } = this.#push.spec.writes ?? {};
    const own = Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
    return { own, ...this.#counts, mayExist: create === undefined && upsert !== undefined, more, samples: this.#samples };
  }
}
