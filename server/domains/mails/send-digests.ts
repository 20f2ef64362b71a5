import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import type { EnvironmentId, MemberId, VendorId } from "#server/lib/ids";
import { type DigestFacts, digestFacts } from "./digest-facts";
import { digestLetter, type Rhythm } from "./member-letter";
import { queueMail } from "./queue-mail";
import { unsubscribeUrl } from "./unsubscribe";

const AT_ONCE = 20;
/** Mondays, and every day, at this hour in UTC. */
const HOUR = 8;
const DAYS = { daily: 1, weekly: 7 } as const;

type Due = {
  id: MemberId;
  email: string;
  vendor_id: VendorId;
  vendor_name: string;
  rhythm: Rhythm;
  environment_id: EnvironmentId;
  kind: "test" | "live";
  slot: string;
};

/** Whose hour has come since they were last written to. The world that counts is `live`, once somebody has connected something there. */
const findDue = (deps: Deps) =>
  asSystem(deps.db, "members of all vendors are written to in one place", (tx) =>
    tx.execute<Due>(sql`
      with rhythms as (
        select m.*, coalesce(m.digest, case when m.role in ('owner', 'admin') then 'weekly' else 'off' end) as rhythm from members m
      ), slots as (
        select r.*, date_trunc(case rhythm when 'daily' then 'day' else 'week' end, now() - ${HOUR} * interval '1 hour', 'UTC') + ${HOUR} * interval '1 hour' as slot
          from rhythms r where rhythm <> 'off'
      )
      select s.id, s.email, s.vendor_id, v.name as vendor_name, s.rhythm, e.id as environment_id, e.kind, to_char(s.slot, 'YYYY-MM-DD') as slot
        from slots s join vendors v on v.id = s.vendor_id
        join lateral (select e.id, e.kind from environments e where e.vendor_id = s.vendor_id
          order by exists (select from connections c where c.environment_id = e.id) desc, e.kind = 'live' desc limit 1) e on true
       where coalesce(s.digest_at, s.created_at) < s.slot order by s.vendor_id, s.id limit ${AT_ONCE}`),
  );

async function tell(deps: Deps, one: Due, facts: DigestFacts): Promise<boolean> {
  const link = unsubscribeUrl(deps, one.id);
  const desk = { vendorName: one.vendor_name, kind: one.kind, origin: deps.config.origin };
  const letter = digestLetter(desk, facts, one.rhythm, link);
  if (letter) {
    const to = { environmentId: one.environment_id, customerId: null, to: one.email, fromName: null, replyTo: null };
    await queueMail(deps, { ...to, letter, key: `digest:${one.id}:${one.rhythm}:${one.slot}`, unsubscribeUrl: link });
  }
  await asSystem(deps.db, "members of all vendors are written to in one place", (tx) =>
    tx.execute(sql`update members set digest_at = now() where id = ${one.id}`),
  );
  return letter !== null;
}

/**
 * Writes to members whose day has come how their customers fare, if there is something to say; once for each, however many workers ask.
 * A vendor's figures are read once for all of its members. Returns how many were written to.
 */
export async function sendDigests(deps: Deps): Promise<number> {
  const known = new Map<string, Promise<DigestFacts>>();
  let told = 0;
  for (const one of await findDue(deps)) {
    const key = `${one.environment_id} ${one.rhythm}`;
    const scope = { vendorId: one.vendor_id, environmentId: one.environment_id };
    const ctx: Ctx = { ...deps, actor: { type: "system", reason: "a digest is due" }, scope, requestId: `digest:${one.id}` };
    const facts = known.get(key) ?? digestFacts(ctx, DAYS[one.rhythm]);
    known.set(key, facts);
    if (await tell(deps, one, await facts)) told++;
  }
  return told;
}
