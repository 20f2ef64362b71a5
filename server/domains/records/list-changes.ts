import { readScoped, readScopedText } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { FinishedJson } from "#server/lib/finished-json";
import { recordId } from "#server/lib/ids";

export type ChangeItem = {
  /** Place in the environment's feed; rises, never repeats, nothing appears behind one that was read. */
  position: number;
  op: "created" | "updated" | "deleted";
  recordId: string;
  externalId: string;
  model: string;
  customerId: string;
  streamId: string;
  /** Place in the stream's own feed. */
  seq: number;
  at: string;
  /** The record as it is now (not as it was at that change); null when it is gone. */
  record: Record<string, unknown> | null;
};

export type ListChanges = { after: number; limit: number; customerId?: string | undefined; modelKey?: string | undefined };

/** A page of the feed. What programs read of it is written once, out of the text that Postgres gives of each record; `items` reads that again. */
class ChangePage extends FinishedJson {
  readonly size: number;
  readonly next: number;
  readonly latest: number;
  private readonly itemsJson: string;

  constructor(page: { items: readonly string[]; next: number; latest: number }) {
    super();
    this.size = page.items.length;
    this.next = page.next;
    this.latest = page.latest;
    this.itemsJson = `[${page.items.join(",")}]`;
  }
  get items(): ChangeItem[] {
    return JSON.parse(this.itemsJson) as ChangeItem[];
  }
  get json(): string {
    return `{"items":${this.itemsJson},"next":${this.next},"latest":${this.latest}}`;
  }
}

// Signs that JSON escapes inside texts, hence found between them only.
const [COLUMN, LINE] = ["\u001f", "\n"];
const OF_EACH = ["f.page", "f.op", "f.seq::text", "f.at::text", "to_json(f.external_id)::text", "coalesce(r.data::text, 'null')"];
const COLUMNS = OF_EACH.map((value) => `string_agg(${value}, chr(10) order by f.position_from, f.seq)`).join(", ");

/**
 * The feed and one page of it, in one snapshot: whoever sees the newest position sees all that has one. $2 environment (and the walls'
 * settings before and behind it), $4 customer, $5 model, $6 after, $7 limit. All that a page of the feed has in common stands in `page`.
 * `greatest` and not `coalesce`: of these two only the first may pass the walls, and so be looked up in the index.
 */
const PAGE = `
  select concat_ws(chr(31), e.feed_position, e.feed_removed,
      exists (select from feed_pages where environment_id = $2 and position_from is null),
      (select nullif(concat_ws(chr(31), ${COLUMNS}), '')
         from (
           select p.position_from, p.page, c.*
             from (
               select f.stream_id, f.seq_from, f.seq_to, f.position_from,
                      concat_ws(' ', f.position_from - f.seq_from, f.stream_id, f.customer_id, to_json(s.model_key)) as page
                 from feed_pages f join streams s on s.id = f.stream_id and s.environment_id = f.environment_id
                where f.environment_id = $2
                  and f.position_from >= greatest(0, (
                    select max(position_from) from feed_pages where environment_id = $2 and position_from <= $6::text::bigint + 1))
                  and ($4::text is null or f.customer_id = $4) and ($5::text is null or s.model_key = $5)
                -- Each page holds at least one change, and only the first can lie behind the reader: so many pages fill the answer.
                order by f.position_from limit $7::text::bigint + 2
             ) p
             cross join lateral (
               select c.stream_id, c.seq, c.op, c.external_id, c.at from changes c
                where c.stream_id = p.stream_id and c.environment_id = $2 and c.seq <= p.seq_to
                  and c.seq >= greatest(p.seq_from, $6::text::bigint + 1 - p.position_from + p.seq_from)
                order by c.seq limit $7::text::bigint + 1
             ) c
            order by p.position_from, c.seq limit $7::text::bigint + 1
         ) f
         left join records r on r.stream_id = f.stream_id and r.external_id = f.external_id and r.environment_id = $2 and r.deleted_at is null))
    from environments e where e.id = $2`;

type Item = { position: number; json: string };
type Found = { latest: number; removed: number; isPending: boolean; items: Item[] };

/** What all changes of one page of the feed have in common, as its part of each item. */
function pageParts(page: string): { offset: number; streamId: string; json: string } {
  const [offset = "", streamId = "", customerId = "", ...model] = page.split(" ");
  return { offset: Number(offset), streamId, json: `"model":${model.join(" ")},"customerId":"${customerId}","streamId":"${streamId}"` };
}

/** The columns of {@link PAGE}, a line a change, as finished items. */
function itemsOf(columns: readonly string[]): Item[] {
  const [pages = [], ops = [], seqs = [], ats = [], ids = [], records = []] = columns.map((column) => column.split(LINE));
  let [page, parts] = ["", pageParts("")];
  let [at, moment] = ["", ""];
  return pages.map((line, row) => {
    // Changes of one page lie together, and were written at one time.
    if (line !== page) [page, parts] = [line, pageParts(line)];
    const written = ats[row] ?? "";
    if (written !== at) [at, moment] = [written, new Date(written).toISOString()];
    const id = ids[row] ?? "";
    const position = parts.offset + Number(seqs[row]);
    const record = recordId(parts.streamId, JSON.parse(id) as string);
    const json = `{"position":${position},"op":"${ops[row]}","recordId":"${record}","externalId":${id},${parts.json},"seq":${seqs[row]},"at":"${moment}","record":${records[row]}}`;
    return { position, json };
  });
}

async function read(ctx: Ctx, { after, limit, customerId, modelKey }: ListChanges): Promise<Found> {
  const customer = ctx.scope.customerId ?? customerId ?? null;
  const text = await readScopedText(ctx, PAGE, [customer, modelKey ?? null, String(after), String(limit)]);
  const [latest, removed, isPending, ...columns] = (text ?? "").split(COLUMN);
  return { latest: Number(latest), removed: Number(removed), isPending: isPending === "t", items: itemsOf(columns) };
}

/**
 * The environment's change feed behind `after` (0 = from the start), oldest first. Committed pages are given their positions
 * first (`feed_sequence`), so a reader that goes on from `next` misses nothing and sees nothing twice. `latest` is the newest
 * position there is: `latest - next` is the reader's lag. `invalid` for a position that was never given out, `conflict` when changes behind `after` were removed by retention.
 */
export async function listChanges(ctx: Ctx, input: ListChanges): Promise<ChangePage> {
  const { after, limit } = input;
  let found = await read(ctx, input);
  if (found.isPending) {
    // In a transaction of its own, which holds the environment's row no longer than it must.
    await readScoped(ctx, (sql) => sql`select feed_sequence(${ctx.scope.environmentId})`);
    found = await read(ctx, input);
  }
  const { latest, removed } = found;
  if (after < removed) {
    throw new AppError(
      "conflict",
      `Changes behind position ${after} that are older than 90 days were removed. Read /v1/records and go on from ${latest}.`,
    );
  }
  if (after > latest) {
    // Silence would look like "nothing new" to a reader that has another feed's position, or one from before a restore.
    const message = `Position ${after} is beyond the newest, ${latest}: this feed never gave it out. Go on from the \`next\` it gave you, or start again with after=0.`;
    throw new AppError("invalid", message, { details: { issues: [{ path: "after", message: `is beyond ${latest}` }], latest } });
  }
  const items = found.items.slice(0, limit);
  const last = found.items.length > limit ? items.at(-1) : undefined;
  return new ChangePage({ items: items.map(({ json }) => json), next: last?.position ?? latest, latest });
}
