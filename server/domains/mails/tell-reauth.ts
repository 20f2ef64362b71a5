import { sql } from "drizzle-orm";
import { asSystem, withCustomer } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import type { ConnectionId, CustomerId, EnvironmentId, IntegrationId, VendorId } from "#server/lib/ids";
import { languageOf } from "#server/words/languages";
import { sayIn } from "#server/words/messages";
import { writeLink } from "../connect-links/write-link";
import { customerLetter, senderOf } from "./customer-letter";
import { queueMail } from "./queue-mail";

const AT_ONCE = 50;

type Lost = {
  key: string;
  vendor_id: VendorId;
  environment_id: EnvironmentId;
  customer_id: CustomerId;
  customer: string;
  email: string;
  connection_id: ConnectionId;
  integration_id: IntegrationId;
  account: string;
  name: string;
  origin: string;
  language: string | null;
};

/**
 * Writes to customers whose account has ended its access, with a link that connects it again: once for each credential that was lost, to the
 * address that the vendor gave us. A link that the customer has sent to their admin is left as it is. Returns how many were written to.
 */
export async function tellReauth(deps: Deps): Promise<number> {
  const lost = await asSystem(deps.db, "who has lost access is found among all customers", (tx) =>
    tx.execute<Lost>(sql`
      select 'reauth:' || c.id || ':' || r.version as key, e.vendor_id, c.environment_id, c.customer_id, u.name as customer, u.email,
             c.id as connection_id, c.integration_id, c.account_label as account, i.name, coalesce(e.allowed_origins[1], '') as origin,
             (select a.language from authorizations a where a.environment_id = c.environment_id and a.customer_id = c.customer_id
               and a.language is not null order by a.created_at desc limit 1) as language
        from connections c
        join credentials r on r.connection_id = c.id and r.environment_id = c.environment_id
        join customers u on u.id = c.customer_id and u.environment_id = c.environment_id
        join integrations i on i.id = c.integration_id and i.environment_id = c.environment_id
        join environments e on e.id = c.environment_id
       where c.status = 'reauth' and u.email is not null
         and not exists (select from mails m where m.key = 'reauth:' || c.id || ':' || r.version)
         and not exists (select from connect_links l where l.environment_id = c.environment_id and l.customer_id = c.customer_id
               and l.integration_id = c.integration_id and l.done_at is null and l.expires_at > now())
       order by c.id limit ${AT_ONCE}`),
  );
  for (const one of lost) await tellOne(deps, one);
  return lost.length;
}

async function tellOne(deps: Deps, one: Lost): Promise<void> {
  const { environment_id: environmentId, customer_id: customerId } = one;
  const ctx: Ctx = {
    ...deps,
    actor: { type: "system", reason: "an access has ended" },
    scope: { vendorId: one.vendor_id, environmentId, customerId },
    requestId: one.key,
  };
  const link = await withCustomer(ctx, customerId, (tx) =>
    writeLink(ctx, tx, { customerId, integrationId: one.integration_id, connectionId: one.connection_id, origin: one.origin }),
  );
  const say = sayIn(languageOf(one.language), link.branding.words);
  const letter = customerLetter(say, "reauth", link, { customer: one.customer, name: one.name, account: one.account });
  const { key, email: to } = one;
  await queueMail(ctx, { environmentId, customerId, to, letter, ...senderOf(link), key });
}
