import type { Ctx } from "#server/lib/context";

/** What happens to a process at one of its steps: it dies before it, it dies after it (done, and nobody was told), or it sleeps and goes on later. */
export type Harm = { step: number; how: "before" | "after" | "asleep" };

class Killed extends Error {
  override name = "Killed";
}

/**
 * The context of a process that comes to harm. A step is whatever reaches beyond the process: a statement or transaction of the database, a
 * request to a third party; each waits for its `turn`. Who is dead takes none any more; who sleeps takes none until it is woken, and hears of
 * none that was under way.
 */
export function mortal<C extends Pick<Ctx, "db" | "egress">>(ctx: C, harm: Harm | null, turn = async () => {}) {
  let steps = 0;
  let [dead, woken] = [false, false];
  let [fallAsleep, wake] = [() => {}, () => {}];
  const asleep = new Promise<"asleep">((resolve) => {
    fallAsleep = () => resolve("asleep");
  });
  const morning = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let sleeping = false;
  const alive = async () => {
    if (dead) throw new Killed();
    if (sleeping && !woken) await morning;
  };

  async function step<T>(work: () => PromiseLike<T>): Promise<T> {
    await turn();
    await alive();
    const mine = ++steps === harm?.step;
    if (mine && harm.how === "before") dead = true;
    if (mine && harm.how === "asleep") {
      sleeping = true;
      fallAsleep();
    }
    await alive();
    const done = await work();
    if (mine && harm.how === "after") dead = true;
    await alive();
    return done;
  }

  /** Those of an object's methods that are steps. `text`: calling the object itself is one, which begins when it is awaited. */
  const stepping = <T extends object>(target: T, methods: readonly string[], text = false): T =>
    new Proxy(target, {
      get: (from, name) => {
        const value: unknown = Reflect.get(from, name);
        return typeof value === "function" && methods.includes(String(name))
          ? (...args: unknown[]) => step(() => value.apply(from, args))
          : value;
      },
      ...(text
        ? {
            apply: (from: T, self: unknown, args: unknown[]) => {
              const run = () => step(() => Reflect.apply(from as never, self, args) as PromiseLike<unknown>);
              // biome-ignore lint/suspicious/noThenProperty: a statement begins when it is awaited
              return Array.isArray(args[0]) ? { then: (...told: []) => run().then(...told) } : Reflect.apply(from as never, self, args);
            },
          }
        : {}),
    });

  const { db, egress } = ctx;
  const own: C = {
    ...ctx,
    egress: (request) => step(() => egress(request)),
    db: {
      ...db,
      raw: stepping(db.raw, ["begin"], true),
      systemRaw: stepping(db.systemRaw, ["unsafe"]),
      orm: stepping(db.orm, ["transaction"]),
      system: stepping(db.system, ["transaction"]),
    },
  };
  return {
    ctx: own,
    asleep,
    /** Whether it is dead: what came of its work nobody heard. */
    isDead: () => dead,
    wake: () => {
      woken = true;
      wake();
    },
  };
}
