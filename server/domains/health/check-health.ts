import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

const POSTGRES_MS = 2_000;

export type Health = { status: "ok" | "degraded" | "down"; postgres: boolean; temporal: boolean };

async function answersWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/** Whether Postgres answers in time. */
export const postgresAnswers = (deps: Pick<Deps, "db">): Promise<boolean> =>
  answersWithin(
    asSystem(deps.db, "health", (tx) => tx.execute(sql`select 1`)),
    POSTGRES_MS,
  );

/** Whether what we stand on answers. Without Temporal the product is `degraded`: reads work, syncs wait. */
export async function checkHealth(deps: Pick<Deps, "db" | "keeping">): Promise<Health> {
  const [postgres, temporal] = await Promise.all([postgresAnswers(deps), deps.keeping.reachable()]);
  return { status: !postgres ? "down" : temporal ? "ok" : "degraded", postgres, temporal };
}
