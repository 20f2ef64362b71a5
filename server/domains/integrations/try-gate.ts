import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { checkGate, passesGate, type Traits } from "./gate";

/** Customers that are looked at, those who were here last first. */
const MOST = 1_000;
const SHOWN = 5;

export type GateTrial = {
  passing: number;
  tried: number;
  /** There are more customers than were looked at. */
  more: boolean;
  /** Some of those it lets in and some of those it does not, with what was said of them. */
  customers: { id: string; name: string; traits: Traits; passes: boolean }[];
};

type Row = { id: string; name: string; traits: Traits };

/** Whom a gate would let in, before it is saved: judged as at the door. `invalid` at `gate` for a text that is no expression. */
export async function tryGate(ctx: Ctx, { gate }: { gate: string }): Promise<GateTrial> {
  await checkGate(gate);
  const { environmentId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select id, name, traits from customers where environment_id = ${environmentId}
     order by last_seen_at desc nulls last, id limit ${MOST + 1}`,
  );
  const judged = rows.slice(0, MOST).map((row) => ({ ...row, passes: passesGate(gate, row.traits) }));
  const [inside, outside] = [judged.filter(({ passes }) => passes), judged.filter(({ passes }) => !passes)];
  return {
    passing: inside.length,
    tried: judged.length,
    more: rows.length > MOST,
    customers: [...inside.slice(0, SHOWN), ...outside.slice(0, SHOWN)],
  };
}
