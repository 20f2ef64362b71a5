import { isDeepStrictEqual } from "node:util";
import { ERRORS } from "#server/lib/errors";
import { mappingInForce } from "#tests/support/mapping-in-force";
import type { Account, Bed } from "./bed";
import { temporalBytes } from "./servers";
import type { Replica } from "./vendor";

/** What the auditor found. All of `lost`, `doubled`, `falseDeleted` and `crossCustomer` are to be 0, and `broken` empty. */
export type Audit = {
  records: number;
  lost: number;
  doubled: number;
  falseDeleted: number;
  crossCustomer: number;
  /** Invariants that do not hold, each by its number and in words. */
  broken: string[];
};

type Row = { external_id: string; source: string; data: Record<string, unknown>; deleted_at: Date | null; customer_id: string };

/** Highest resident memory a process of ours may have had, in MB, and connections to the database. */
const CAPS = { workerMb: 700, connections: 150 };
/** Every secret of a case begins so. */
const CANARY = "sbx_canary_";

const WELL = (): Audit => ({ records: 0, lost: 0, doubled: 0, falseDeleted: 0, crossCustomer: 0, broken: [] });

/**
 * Compares what the third party really holds with what is stored and with what the vendor made of the feed alone, and looks at what
 * was said, kept and left behind on the way. Only after a case has become quiet.
 */
export async function audit(bed: Bed, accounts: readonly Account[] = bed.accounts): Promise<Audit> {
  const found = WELL();
  for (const account of accounts) await auditAccount(bed, account, found);
  await auditFeed(bed, found);
  await auditDeliveries(bed, found);
  await auditRuns(bed, found);
  await auditTenancy(bed, found);
  await auditTokens(bed, found);
  await auditSecrets(bed, found);
  found.broken = [...new Set(found.broken)];
  return found;
}

async function auditAccount(bed: Bed, account: Account, found: Audit): Promise<void> {
  const truth = await bed.truth(account);
  const rows = await bed.owner<
    Row[]
  >`select external_id, source, data, deleted_at, customer_id from records where stream_id = ${account.streamId}`;
  const stored = new Map(rows.map((row) => [row.external_id, row]));
  const replica = bed.vendor.replicas.get(account.streamId);
  const mapped = await mappingInForce(bed.owner, account.streamId);
  found.records += truth.size;
  for (const [id, record] of truth) {
    const row = stored.get(id);
    const copy = replica?.records.get(id);
    if (!isWhole(row, copy, account.truthAt ? null : record, mapped.apply(record))) found.lost++;
    if (isDeleted(row, copy)) found.falseDeleted++;
    if (isDoubled(replica, id, account)) found.doubled++;
  }
  const living = rows.filter((row) => row.deleted_at === null);
  found.crossCustomer += living.filter((row) => !truth.has(row.external_id)).length;
  found.crossCustomer += rows.filter((row) => row.customer_id !== account.customerId).length;
  if (replica && (replica.customers.size !== 1 || !replica.customers.has(account.customerId))) found.crossCustomer++;
  const [stream] = await bed.owner`select record_count from streams where id = ${account.streamId}`;
  if (Number(stream?.["record_count"]) !== living.length)
    found.broken.push(`I1: a stream counts ${stream?.["record_count"]} records and has ${living.length}`);
}

type Mapped = ReturnType<Awaited<ReturnType<typeof mappingInForce>>["apply"]>;

/** A record that lives at the third party, and is gone with us or with the vendor. */
const isDeleted = (row: Row | undefined, copy: unknown): boolean => row !== undefined && (row.deleted_at !== null || !copy);

/** Told more often than it was changed, or created twice without having been deleted. */
function isDoubled(replica: Replica | undefined, id: string, account: Account): boolean {
  const most = 1 + (account.changes.get(id) ?? 0);
  return (replica?.told.get(id) ?? 0) > most || (replica?.created.get(id) ?? 1) > 1;
}

/** Whether a record is stored as the third party has it (null: only a part of it was asked for), mapped as the mapping says, and the same with the vendor. */
function isWhole(row: Row | undefined, copy: Record<string, unknown> | undefined, record: unknown, wanted: Mapped): boolean {
  if (!row || row.deleted_at !== null || !wanted.ok) return false;
  if (record !== null && !isDeepStrictEqual(JSON.parse(row.source), record)) return false;
  if (!isDeepStrictEqual(row.data, copy)) return false;
  return Object.entries(wanted.data).every(([key, value]) => isDeepStrictEqual(row.data[key], value));
}

async function auditFeed(bed: Bed, found: Audit): Promise<void> {
  for (const fault of bed.vendor.faults) found.broken.push(`I4: ${fault}`);
  const [row] = await bed.owner`select count(*)::int as n from changes c join customers k on k.id = c.customer_id
    where k.environment_id in (select environment_id from api_keys)`;
  const heard = [...bed.vendor.replicas.values()].reduce((sum, replica) => sum + [...replica.told.values()].reduce((a, b) => a + b, 0), 0);
  if (heard !== Number(row?.["n"])) found.broken.push(`I4: the feed holds ${row?.["n"]} changes, a reader heard ${heard}`);
}

async function auditDeliveries(bed: Bed, found: Audit): Promise<void> {
  const rows =
    await bed.owner`select d.event_id, d.status from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id and w.status = 'active'`;
  const heard = new Set(bed.vendor.deliveries.filter((one) => one.proven).map((one) => one.id));
  const open = rows.filter((row) => row["status"] !== "delivered");
  if (open.length > 0) found.broken.push(`I5: ${open.length} deliveries are ${open[0]?.["status"]}`);
  const unheard = rows.filter((row) => row["status"] === "delivered" && !heard.has(row["event_id"]));
  if (unheard.length > 0) found.broken.push(`I5: ${unheard.length} events are said to be delivered and were not`);
  const [waiting] = await bed.owner`select count(*)::int as n from inbox where status = 'waiting'`;
  if (Number(waiting?.["n"]) > 0) found.broken.push(`I5: ${waiting?.["n"]} calls still wait in the inbox`);
}

async function auditRuns(bed: Bed, found: Audit): Promise<void> {
  const [left] = await bed.owner`select count(*)::int as n from runs r where r.status = 'running'
    and not exists (select from streams s where s.run_id = r.id) and r.started_at < now() - interval '130 seconds'`;
  if (Number(left?.["n"]) > 0) found.broken.push(`I6: ${left?.["n"]} runs say running and nobody works on them`);
  const told = await bed.owner`select distinct error_code as code, error_message as message from runs where error_code is not null
    union select distinct failure_code, failure_message from streams where failure_code is not null`;
  for (const row of told) {
    if (!Object.hasOwn(ERRORS, row["code"])) found.broken.push(`I9: ${row["code"]} is no code of ours`);
    if (/\n\s+at |node_modules|sbx_canary/.test(String(row["message"])))
      found.broken.push(`I9: an error tells what it should not: ${row["message"]}`);
  }
}

async function auditTenancy(bed: Bed, found: Audit): Promise<void> {
  const [rows] = await bed.owner`
    select (select count(*) from records r join streams s on s.id = r.stream_id where r.customer_id <> s.customer_id or r.environment_id <> s.environment_id)
         + (select count(*) from changes c join streams s on s.id = c.stream_id where c.customer_id <> s.customer_id or c.environment_id <> s.environment_id)
         + (select count(*) from runs c join streams s on s.id = c.stream_id where c.customer_id <> s.customer_id) as n`;
  found.crossCustomer += Number(rows?.["n"]);
  const [open] = await bed.owner`select count(*)::int as n from pg_stat_activity where datname = current_database()`;
  if (Number(open?.["n"]) > CAPS.connections) found.broken.push(`I10: ${open?.["n"]} connections to the database`);
  for (const loss of bed.lost) found.broken.push(`I10: ${loss}`);
  for (const peak of bed.peaks()) if (peak > CAPS.workerMb) found.broken.push(`I10: a worker had ${peak} MB`);
}

async function auditTokens(bed: Bed, found: Audit): Promise<void> {
  const stats = (await (await fetch(`${bed.simulator.origin}/_stats`)).json()) as { token: { reuseAlarms: number } };
  if (stats.token.reuseAlarms > 0) found.broken.push(`I7: ${stats.token.reuseAlarms} alarms for a token used twice`);
  const [wrong] = await bed.owner`select count(*)::int as n from connections where status = 'reauth'`;
  const expected = bed.expected.reauth;
  if (Number(wrong?.["n"]) !== expected) found.broken.push(`I7: ${wrong?.["n"]} connections ask for their customer, ${expected} should`);
}

async function auditSecrets(bed: Bed, found: Audit): Promise<void> {
  const words = bed.said.join("");
  if (words.includes(CANARY)) found.broken.push("I11: a secret stands in a log");
  if (temporalBytes(bed.temporal).some((bytes) => bytes.includes(CANARY)))
    found.broken.push("I11: a secret stands in a workflow's history");
  const tables = await bed.owner`select tablename from pg_tables where schemaname = 'public'`;
  for (const { tablename } of tables) {
    const [hit] = await bed.owner`select 1 from ${bed.owner(tablename)} t where t::text like ${`%${CANARY}%`} limit 1`;
    if (hit) found.broken.push(`I11: a secret stands readable in table ${tablename}`);
  }
}
