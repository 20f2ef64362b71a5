import { systemStatement } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import type { Refusal } from "./list-inbound-endpoints";
import { every } from "./throttle";

const FLUSH_MS = 2_000;
const MOST = 10_000;
const US = "\u001f";

const UPDATE = `
  update inbound_endpoints e set accepted = e.accepted + u.accepted::bigint, refused = e.refused + u.refused::bigint,
         last_accepted_at = case when u.accepted <> '0' then now() else e.last_accepted_at end,
         last_refused_at = case when u.refused <> '0' then now() else e.last_refused_at end,
         last_refusal = coalesce(nullif(u.refusal, '-'), e.last_refusal)
    from unnest(string_to_array($1, E'\\x1f'), string_to_array($2, E'\\x1f'), string_to_array($3, E'\\x1f'), string_to_array($4, E'\\x1f'))
      as u(id, accepted, refused, refusal)
   where e.id = u.id`;

type Count = { accepted: number; refused: number; refusal: Refusal | "-" };

export type CallTally = { accepted(endpointId: string): void; refused(endpointId: string, why: Refusal): void };

/** Adds up calls by address and writes the sums every two seconds: a row's counter must not be what calls wait for. */
export function createCallTally(deps: Deps): CallTally {
  let counts = new Map<string, Count>();
  const flush = async () => {
    const rows = [...counts];
    counts = new Map();
    const column = (of: (row: (typeof rows)[number]) => string) => rows.map(of).join(US);
    try {
      await systemStatement(deps.db, "one statement adds up calls of several environments", UPDATE, [
        column(([id]) => id),
        column(([, count]) => String(count.accepted)),
        column(([, count]) => String(count.refused)),
        column(([, count]) => count.refusal),
      ]);
    } catch (error) {
      deps.log.warn({ err: error, endpoints: rows.length }, "calls could not be added up");
    }
  };
  const soon = every(FLUSH_MS, () => void flush());
  const add = (id: string, change: (count: Count) => void) => {
    const count = counts.get(id) ?? { accepted: 0, refused: 0, refusal: "-" };
    if (counts.size >= MOST && !counts.has(id)) return;
    change(count);
    counts.set(id, count);
    soon(null);
  };
  return {
    accepted: (id) =>
      add(id, (count) => {
        count.accepted++;
      }),
    refused: (id, why) =>
      add(id, (count) => {
        count.refused++;
        count.refusal = why;
      }),
  };
}
