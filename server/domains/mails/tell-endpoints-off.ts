import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import type { EnvironmentId } from "#server/lib/ids";
import { endpointLetter } from "./member-letter";
import { queueMail } from "./queue-mail";

const AT_ONCE = 50;

type Off = {
  key: string;
  environment_id: EnvironmentId;
  kind: "test" | "live";
  vendor_name: string;
  email: string;
  url: string;
  reason: string;
};

/** Writes to the owners and admins of a vendor one of whose endpoints we have switched off: once for each time. Returns how many letters were written. */
export async function tellEndpointsOff(deps: Deps): Promise<number> {
  const off = await asSystem(deps.db, "what was switched off is found among all vendors", (tx) =>
    tx.execute<Off>(sql`
      select x.* from (
        select 'endpoint-off:' || w.id || ':' || extract(epoch from w.disabled_at)::text || ':' || m.id as key, w.environment_id, e.kind,
               v.name as vendor_name, m.email, w.url, coalesce(w.disabled_reason, '') as reason
          from webhook_endpoints w
          join environments e on e.id = w.environment_id
          join vendors v on v.id = e.vendor_id
          join members m on m.vendor_id = v.id and m.role in ('owner', 'admin')
         where w.status = 'disabled' and w.disabled_cause in ('gone', 'failing') and w.disabled_at > now() - interval '7 days'
      ) x where not exists (select from mails k where k.key = x.key) order by x.key limit ${AT_ONCE}`),
  );
  for (const { key, environment_id: environmentId, email: to, url, reason, kind, vendor_name: vendorName } of off) {
    const letter = endpointLetter({ vendorName, kind, origin: deps.config.origin }, { url, reason });
    await queueMail(deps, { environmentId, customerId: null, to, letter, fromName: null, replyTo: null, key });
  }
  return off.length;
}
