import fc from "fast-check";
import { expect, test } from "vitest";
import type { Owner } from "#server/mapping/merge-record";
import { sameSpelling } from "#server/mapping/same-spelling";
import { specOf } from "#server/runtime/read-plan";
import { tinyManifest } from "#tests/support/tiny-manifest";
import type { Both } from "./both-ways";
import type { Known } from "./merge-known";
import { isStale, mergeOne, stateOf } from "./merge-records";
import { prepare, sharedFields } from "./push-prepare";
import type { Pushing } from "./push-ready";
import { settledBy } from "./push-send";
import type { Settled } from "./settle-wishes";
import { compileWayBack } from "./way-back";

// One record on both sides of a third party whose answers to writes do not show it, with the engine's own pure parts; what the
// statements of the database do with their results is done by hand here.

const KEYS = ["name", "note"];
type Thing = { id: string; at: string; name: string | null; note: string | null };
type Data = Record<string, unknown>;

const FIELDS = KEYS.map((path) => ({ path, type: "string" as const, title: path }));
const plain = tinyManifest({
  key: { type: "api_key", title: "Key", fields: [{ key: "key", title: "Key", secret: true }], headers: { k: "{key}" } },
});
const writes = {
  update: { request: { method: "PATCH", path: "/things/{id}", body: "{data}" } },
  fields: FIELDS.map((one) => ({ ...one, required: false })),
};
const manifest = tinyManifest(plain.auth, { objects: { thing: { ...plain.objects["thing"], fields: FIELDS, writes } as never } });
const spec = specOf(manifest, "thing");
const fields = KEYS.map((key) => ({ target: key, from: key, transforms: [], required: false, onError: "null" as const }));
const model = KEYS.map((key) => ({ key, name: key, type: "string" as const, required: false }));
const way = compileWayBack({ fields: fields as never, model: model as never, spec });

function sides(owner: Owner) {
  const leg = { direction: "two_way", settings: { owners: { default: owner } }, fields, object: "thing", reads: [] };
  const push = { leg, manifest, spec, way } as unknown as Pushing;
  const both: Both = {
    name: "Tiny",
    modelKey: "m",
    way,
    match: null,
    fields: sharedFields(push),
    theirsAt: (value) => Date.parse((value as Thing).at),
  };
  return { push, both };
}

type Link = Pick<Known, "baseOurs" | "baseTheirs" | "theirsMs" | "unseen" | "echoDue">;
/** How the third party spells what it is sent. */
type Spell = (text: string) => string;

class World {
  own: Data = { name: "ada", note: "x" };
  changedAtMs = 0;
  there: Thing = { id: "t", at: new Date(0).toISOString(), name: "ada", note: "x" };
  past: Thing[] = [];
  link: Link = { baseOurs: { ...this.own }, baseTheirs: { ...this.own }, theirsMs: 0, unseen: [], echoDue: false };
  stored = { source: JSON.stringify(this.there), hash: JSON.stringify(this.there) };
  clock = 0;
  quiet = true;
  clashes: string[] = [];
  readonly #way: ReturnType<typeof sides>;
  readonly #spell: Spell;
  constructor(owner: Owner, spell: Spell) {
    this.#way = sides(owner);
    this.#spell = spell;
  }

  ours(key: string, value: string) {
    this.own = { ...this.own, [key]: value };
    this.changedAtMs = ++this.clock;
  }
  #become(more: Data) {
    this.past.push(this.there);
    this.there = { ...this.there, ...more, at: new Date(++this.clock).toISOString() };
  }
  theirs = (key: string, value: string) => this.#become({ [key]: value });

  /** What a list may show that is behind. Who cannot look at single records sees no state between two writes for what it is. */
  behind(looks: boolean): Thing[] {
    const { at } = JSON.parse(this.stored.source) as Thing;
    return looks ? this.past : this.past.filter((one) => one.at <= at);
  }

  /** A page shows the record so; `kept`: it is one that is stored here. */
  page(value: Thing, kept = false) {
    const theirsAt = Date.parse(value.at);
    const [source, hash] = [JSON.stringify(value), kept ? this.stored.hash : JSON.stringify(value)];
    const known = {
      ...this.link,
      data: this.own,
      deleted: false,
      changedAtMs: this.changedAtMs,
      lately: true,
      hash: this.stored.hash,
    } as Known;
    if (!kept && isStale(known, theirsAt, hash)) return;
    const one = mergeOne(this.#way.both, known, { id: "t", data: way.fromTheirs(value, KEYS), source }, stateOf(known, theirsAt, kept));
    if (!one) throw new Error("it is not deleted");
    const { baseOurs, baseTheirs, theirsMs, unseen, echoDue } = one;
    this.link = { baseOurs, baseTheirs, theirsMs, unseen, echoDue };
    this.quiet = one.own === null && !one.push;
    this.clashes = one.clashes.map(({ field }) => field);
    this.own = one.own ?? this.own;
    if (!kept) this.stored = { source, hash };
  }

  #settle({ link, mirror }: Settled) {
    if (!link) return;
    const { unseen, echoDue = false } = link;
    const isWhole = unseen?.length === 0;
    this.link = {
      baseOurs: { ...this.link.baseOurs, ...link.baseOurs },
      baseTheirs: { ...this.link.baseTheirs, ...link.baseTheirs },
      theirsMs: Math.max(this.link.theirsMs ?? 0, link.theirsMs ?? 0),
      unseen: isWhole ? [] : [...new Set([...this.link.unseen, ...(unseen ?? [])])],
      echoDue: isWhole ? echoDue : this.link.echoDue || echoDue,
    };
    if (mirror?.source) this.stored = { ...this.stored, source: mirror.source };
  }

  /** Ours is written, if there is something to write. `looks`: single records can be read, before the write and after it. */
  write(looks: boolean) {
    const wish = {
      ...{ ownId: "o", op: "put" as const, version: 1, attempts: 0, approved: false, key: null, again: false, firstAtMs: null, sent: null },
      ...{ data: this.own, deleted: false, changedAtMs: this.changedAtMs, externalId: "t", source: this.stored.source, held: {}, undo: [] },
      ...this.link,
    };
    const ready = prepare(this.#way.push, wish, looks ? { value: this.there } : "unread");
    const shown = ready.kind === "send" ? ready.more.shown : ready.settled.shown;
    if (shown) this.page(shown.value as Thing);
    if (ready.kind === "settled") return this.#settle(ready.settled);
    const spelt = Object.entries(ready.sent.data ?? {}).map(([key, value]) => [
      key,
      typeof value === "string" ? this.#spell(value) : value,
    ]);
    this.#become(Object.fromEntries(spelt));
    const record = looks ? { record: this.there, whole: true } : {};
    this.#settle(settledBy(this.#way.push, ready, { outcome: "done", id: "t", created: null, ...record }, "wrt", false));
  }
}

const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom("bea", "cy", "dora", "eve mc-ray");
const looks = fc.boolean();
const ours = fc.record({ what: fc.constant("ours" as const), key, value });
const theirs = fc.record({ what: fc.constant("theirs" as const), key, value });
const engine = fc.oneof(
  fc.record({ what: fc.constant("write" as const) }),
  fc.record({ what: fc.constantFrom("read" as const, "remap" as const) }),
  fc.record({ what: fc.constant("lag" as const), back: fc.nat(3) }),
);
type Step = { what: "ours" | "theirs"; key: string; value: string } | { what: "write" | "read" | "remap" } | { what: "lag"; back: number };

function take(world: World, step: Step, looks: boolean): void {
  if (step.what === "ours" || step.what === "theirs") world[step.what](step.key, step.value);
  else if (step.what === "write") world.write(looks);
  else if (step.what === "read") world.page(world.there);
  else if (step.what === "lag") world.page(world.behind(looks).at(-1 - step.back) ?? world.there);
  else world.page(JSON.parse(world.stored.source), true);
}

const SPELLS: Spell[] = [(text) => text, (text) => text.toUpperCase(), (text) => ` ${text.replace("-", "")} `];
const spell = fc.constantFrom(...SPELLS);

test("nobody there has changed anything: ours stays as we have it, whatever is read, written, read late, or mapped anew in between", () => {
  const owner = fc.constantFrom<Owner>("newest", "manual", "ours");
  fc.assert(
    fc.property(owner, spell, looks, fc.array(fc.oneof(ours, engine), { maxLength: 25 }), (owner, spell, looks, steps) => {
      const world = new World(owner, spell);
      let mine: Data = world.own;
      for (const step of steps) {
        if (step.what === "ours") mine = { ...mine, [step.key]: step.value };
        take(world, step, looks);
        expect(world.own).toEqual(mine);
      }
    }),
    { numRuns: 500 },
  );
});

test("where single records can be read, a text that is cut there stays whole with us", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(ours, engine), { maxLength: 25 }), (steps) => {
      const world = new World("newest", (text) => text.slice(0, 1));
      let mine: Data = world.own;
      for (const step of steps) {
        if (step.what === "ours") mine = { ...mine, [step.key]: step.value };
        take(world, step, true);
        expect(world.own).toEqual(mine);
      }
    }),
  );
});

test("whatever both sides do: both are the same in the end but for how it is spelled, or a person is asked; no change there is lost", () => {
  const owner = fc.constantFrom<Owner>("newest", "manual", "theirs");
  fc.assert(
    fc.property(owner, spell, looks, fc.array(fc.oneof(ours, theirs, engine), { maxLength: 25 }), (owner, spell, looks, steps) => {
      const world = new World(owner, spell);
      for (const step of steps) take(world, step, looks);
      for (let n = 0; n < 2; n++) {
        world.page(world.there);
        world.write(looks);
      }
      world.page(world.there);
      expect(world.quiet).toBe(true);
      for (const key of KEYS)
        if (!world.clashes.includes(key)) expect([key, sameSpelling(world.own[key], world.there[key as "name"])]).toEqual([key, true]);
    }),
    { numRuns: 500 },
  );
});
