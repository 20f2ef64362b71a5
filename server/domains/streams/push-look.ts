import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { findWritten } from "#server/runtime/writes/find-written";
import { givenOf, planWrite } from "#server/runtime/writes/plan";
import { askOne, oneWith } from "#server/runtime/writes/read-one";
import type { Writing } from "#server/runtime/writes/writer";
import { matchTextOf } from "./match-keys";
import type { TakenWish } from "./outbox";
import type { PutOffs } from "./push-put-off";
import { hold, type Look, type Pushing, type Ready } from "./push-ready";

const AT_ONCE = 4;

/** Does it for each, a few at a time; the answers in the order given. */
export async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < items.length; n = next++) results[n] = await work(items[n] as T);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane));
  return results;
}

/** Answers that say no to this one record: who it is, or that it may be seen, is another question than whether we may ask at all. */
const refusesOne = (error: unknown): boolean => {
  const status = isAppError(error) && error.code !== "provider_rate_limited" ? error.details?.["status"] : null;
  return typeof status === "number" && status >= 400 && status < 500 && ![401, 408, 429].includes(status);
};

/** Reads records of one object by themselves, as they are now. */
export function lookerOf(
  { leg }: { leg: Pick<Pushing["leg"], "object" | "reads"> },
  hands: Writing,
  signal: AbortSignal,
): (externalId: string) => Promise<Look> {
  const one = oneWith(hands.manifest, leg.object, leg.reads);
  if (!one) return async () => "unread";
  return async (id) => {
    try {
      const { taken } = await askOne(hands, { one, object: leg.object, id }, signal);
      const [record] = taken.records;
      return record ? { value: record.value } : taken.deleted.length > 0 ? "gone" : "unread";
    } catch (error) {
      if (refusesOne(error)) return "unread";
      throw error;
    }
  };
}

type One = { externalId: string; source?: string | null; held?: Record<string, unknown> | null };
type Match = One | "none" | "several";

/** The value by which a record is looked for; null = it has none. */
function matchValue({ leg, way }: Pushing, wish: TakenWish): string | null {
  const key = leg.settings?.match;
  return key && wish.data ? matchTextOf(way.flat(wish.data)[key]) : null;
}

/** Two-way: among the records we hold of theirs that no own record is linked with. */
async function matchHeld(ctx: Ctx, streamId: string, push: Pushing, wishes: readonly TakenWish[]): Promise<Map<string, Match>> {
  const wanted = wishes.flatMap((wish) => {
    const value = matchValue(push, wish);
    return value === null ? [] : [{ own_id: wish.ownId, value }];
  });
  if (wanted.length === 0) return new Map();
  const { environmentId, customerId } = ctx.scope;
  const rows = await readScoped<{ own_id: string; found: One[] }[]>(
    ctx,
    (sql) => sql`
    select g.own_id, jsonb_agg(jsonb_build_object('externalId', r.external_id, 'source', r.source, 'held', r.data) order by r.external_id) as found
      from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as g(own_id text, value text)
      join match_keys k on k.stream_id = ${streamId} and k.side = 'theirs' and k.value = lower(btrim(g.value, E' \\t\\r\\n'))
       and k.environment_id = ${environmentId} and k.customer_id = ${customerId ?? ""}
      join records r on r.stream_id = k.stream_id and r.external_id = k.id and r.deleted_at is null
     where not exists (select from links l where l.stream_id = ${streamId} and l.external_id = r.external_id)
     group by g.own_id`,
  );
  return new Map(rows.map(({ own_id, found: [first, second] }) => [own_id, first && !second ? first : "several"]));
}

type Searched = {
  leg: { settings: { match?: string | null | undefined } | null };
  way: Pick<Pushing["way"], "back">;
  spec: Pushing["spec"];
};

/** Whether the third party can be asked for a record by the field of the match. */
export function canSearch({ leg, way, spec }: Searched): boolean {
  const once = spec.writes?.create?.once;
  const path = way.back.find(({ key }) => key === leg.settings?.match)?.path;
  return once?.by === "find" && path !== undefined && Object.keys(once.match).length === 1 && Object.hasOwn(once.match, path);
}

/** At the third party itself, by the search that its creations are told apart by. */
async function matchThere(push: Pushing, hands: Writing, wish: TakenWish, signal: AbortSignal): Promise<Match> {
  const { leg, way, spec } = push;
  const once = spec.writes?.create?.once;
  const key = leg.settings?.match;
  if (once?.by !== "find" || !key || !wish.data || matchValue(push, wish) === null) return "none";
  const back = way.toTheirs(wish.data, [key]);
  if (!back.ok) return "none";
  const plan = planWrite(hands.manifest, leg.object, "create", hands.config);
  const given = givenOf(plan, { data: back.data, key: "match" });
  const found = await findWritten(hands.send, once, { given, data: back.data, protocol: plan.protocol, sinceMs: 0 }, signal);
  return found.kind === "one" ? { externalId: found.id } : found.kind;
}

/**
 * Own records without a link, brought to the record at the third party that the match field names: as if they were linked with it. More than
 * one that fits, or one that is another's already, is for a person. `putOffs`: takes those that could not be looked for.
 */
export async function matched<W extends TakenWish>(
  ctx: Ctx,
  streamId: string,
  { push, hands, signal, putOffs }: { push: Pushing; hands: Writing; signal: AbortSignal; putOffs?: PutOffs },
  wishes: readonly W[],
): Promise<{ wishes: W[]; held: Ready[] }> {
  const open = wishes.filter((wish) => wish.op === "put" && !wish.again && wish.externalId === null && !wish.deleted);
  if (!push.leg.settings?.match || open.length === 0) return { wishes: [...wishes], held: [] };
  const known = push.leg.direction === "two_way" ? await matchHeld(ctx, streamId, push, open) : new Map<string, Match>();
  const late = new Set<string>();
  if (canSearch(push)) {
    const asked = open.filter(({ ownId }) => !known.has(ownId));
    await inLanes(asked, async (wish) => {
      putOffs?.ask();
      const match = await matchThere(push, hands, wish, signal).catch((error: unknown) => {
        if (!putOffs) throw error;
        putOffs.note(wish, error);
      });
      if (match) known.set(wish.ownId, match);
      else late.add(wish.ownId);
    });
  }
  const taken = new Set<string>();
  const held: Ready[] = [];
  const placed = wishes.flatMap((wish) => {
    if (late.has(wish.ownId)) return [];
    const match = known.get(wish.ownId) ?? "none";
    if (match === "none") return [wish];
    const twice = match !== "several" && taken.has(match.externalId);
    if (match === "several" || twice) {
      const message =
        match === "several" ? "several records there match; say which with `externalId`" : "another of your records has the same value";
      held.push(hold(wish, "conflict", message, push.leg.settings?.match ?? null));
      return [];
    }
    taken.add(match.externalId);
    return [{ ...wish, ...match }];
  });
  return { wishes: placed, held };
}
