import { hash } from "node:crypto";
import type postgres from "postgres";

/**
 * What plain Node and Postgres can do on this machine: fetch, parse, map 12 fields by hand, hash, and one autocommitted
 * statement a page that writes the mapped document and a feed row, unchanged rows neither locked nor logged, the next page
 * fetched meanwhile. No fence, no cursor, no tenant, no quarantine, no stored source unless `withSource`.
 */
export type BareOptions = { table: string; withSource: boolean; tenant?: string };

const US = "\u001f";

export async function createBareTables(sql: postgres.Sql, { table }: BareOptions): Promise<void> {
  await sql.unsafe(`drop table if exists ${table}; drop table if exists ${table}_changes;
    create table ${table} (tenant uuid not null, external_id text not null, doc jsonb not null, source text, hash uuid not null,
      synced_at timestamptz not null default now(), primary key (tenant, external_id));
    create table ${table}_changes (seq bigint generated always as identity primary key, tenant uuid not null, external_id text not null,
      action text not null, at timestamptz not null default now())`);
}

const TENANT = "11111111-1111-1111-1111-111111111111";

const statement = ({ table, tenant = TENANT }: BareOptions) => `
  with w as (
    insert into ${table} as r (tenant, external_id, doc, source, hash)
    select '${tenant}', s.external_id, s.doc::jsonb, s.source, s.hash
      from unnest(string_to_array($1, E'\\x1f'), string_to_array($2, E'\\x1f'), string_to_array($3, E'\\x1f', ''), string_to_array($4, E'\\x1f')::uuid[]) as s(external_id, doc, source, hash)
     where s.hash is distinct from (select x.hash from ${table} x where x.tenant = '${tenant}' and x.external_id = s.external_id)
    on conflict (tenant, external_id) do update set doc = excluded.doc, source = excluded.source, hash = excluded.hash, synced_at = now()
    returning external_id, (xmax = 0) as is_new
  ), o as (
    insert into ${table}_changes (tenant, external_id, action) select '${tenant}', external_id, case when is_new then 'added' else 'updated' end from w
  ) select count(*)::int as n from w`;

/** A contact of the sandbox CRM. */
type Person = {
  id: string;
  updated_at: string;
  properties: { email: string | null; firstname: string; lastname: string; phone: string; jobtitle: string; lifecyclestage: string };
  company: { name: string };
  address: { city: string; country: string };
  owner: { email: string };
};

/** The 12 fields by hand, as the product's mapping in the same benchmark says them. */
export function mapByHand(r: Person): Record<string, unknown> {
  const { properties: p, company, address } = r;
  return {
    email: p.email?.toLowerCase(),
    firstName: p.firstname,
    lastName: p.lastname,
    phone: p.phone,
    jobTitle: p.jobtitle,
    stage: p.lifecyclestage,
    company: company.name,
    city: address.city,
    country: address.country,
    owner: r.owner.email,
    sourceUpdatedAt: r.updated_at,
    externalId: r.id,
  };
}

export type FetchPage = (cursor: string | null) => Promise<{ text: string }>;

/** One pass over the source. `sql` must be one connection with sequential scans off (the cached plan, see drizzle/0002). */
export async function bareSync(sql: postgres.Sql, fetchPage: FetchPage, options: BareOptions): Promise<{ seen: number; written: number }> {
  const text = statement(options);
  let seen = 0;
  let written = 0;
  let writing: Promise<unknown> = Promise.resolve();
  let next: ReturnType<FetchPage> | null = fetchPage(null);
  while (next) {
    const page: { data: Person[]; next_cursor: string | null } = JSON.parse((await next).text);
    next = page.next_cursor ? fetchPage(page.next_cursor) : null;
    const ids: string[] = [];
    const docs: string[] = [];
    const sources: string[] = [];
    const hashes: string[] = [];
    for (const record of page.data) {
      const doc = JSON.stringify(mapByHand(record));
      ids.push(record.id);
      docs.push(doc);
      sources.push(options.withSource ? JSON.stringify(record) : "");
      hashes.push(hash("md5", doc));
    }
    seen += page.data.length;
    await writing;
    writing = sql.unsafe(text, [ids.join(US), docs.join(US), sources.join(US), hashes.join(US)], { prepare: true }).then((rows) => {
      written += (rows[0]?.["n"] as number) ?? 0;
    });
  }
  await writing;
  return { seen, written };
}
