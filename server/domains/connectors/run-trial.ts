import { type Account, accountBy, checkOf } from "#server/domains/connections/prove-account";
import { AppError, isAppError } from "#server/lib/errors";
import type { Manifest } from "#server/runtime/manifest";
import { changesFrom } from "#server/runtime/pages";
import { objectSource } from "#server/runtime/paging/object-source";
import { specOf } from "#server/runtime/read-plan";
import { createSend, type Grants } from "#server/runtime/send";
import type { SourcePage } from "#server/runtime/source";
import { fieldsSeen, misfits } from "./fields-seen";
import { maskOf, type recordingEgress } from "./masking";
import type { TrialClaims, TrialResult, TrialStep, TrialWish } from "./trial";

export type TrialRequest = { step: TrialStep; object: string; wish: TrialWish };

/** All it takes to make requests: grants of a credential, and what of it is no secret. */
export type TrialAccess = {
  manifest: Manifest;
  grants: Grants;
  config: Record<string, string>;
  sandboxOrigin: string | null;
  clock: { now(): Date };
};

const MOST_RECORDS = 20;
/** A list that hangs on others is read step by step until it shows something. */
const MOST_STEPS = 6;
const SHOWN_BYTES = 120_000;

const EMPTY = { account: null, records: [], count: 0, faults: [], cursor: null, done: false, total: null, fields: [] } as const;

/** The grants, and every secret that went through them so far. */
function watched(grants: Grants, config: Record<string, string>) {
  const secrets = new Set<string>();
  const open = new Set(Object.values(config));
  const keep = <G extends { values: Record<string, string>; headers: Record<string, string>; query: Record<string, string> }>(
    grant: G,
  ): G => {
    for (const value of [...Object.values(grant.values), ...Object.values(grant.query)]) if (!open.has(value)) secrets.add(value);
    for (const value of Object.values(grant.headers)) if (!open.has(value)) secrets.add(value);
    return grant;
  };
  const seen: Grants = {
    current: async () => keep(await grants.current()),
    renew: async (version) => keep(await grants.renew(version)),
    condemn: (version, reason) => grants.condemn(version, reason),
  };
  return { grants: seen, secrets };
}

function cursorFor({ manifest }: TrialAccess, { step, object, wish }: TrialRequest): string | null {
  if (step === "next") {
    if (wish.cursor === null) throw new AppError("invalid", "Read the first page before the next one.");
    return wish.cursor;
  }
  if (step === "first") return null;
  const spec = specOf(manifest, object);
  if (!spec.changes || spec.each !== undefined)
    throw new AppError("invalid", `${spec.title} has no \`changes\` of its own: it is read whole.`);
  if (wish.since === null || Number.isNaN(Date.parse(wish.since))) throw new AppError("invalid", "Say since when.");
  return JSON.stringify(changesFrom(spec, { ...spec.changes, lookbackMs: 0 }, new Date(wish.since).toISOString()));
}

async function readRecords(access: TrialAccess, send: ReturnType<typeof createSend>, request: TrialRequest): Promise<SourcePage> {
  const { manifest, config, clock } = access;
  const source = objectSource({ send, manifest, config, nowMs: () => clock.now().getTime() }, request.object);
  let page = await source.readPage(cursorFor(access, request));
  for (let n = 1; n < MOST_STEPS && page.records.length === 0 && page.faults.length === 0 && !page.done; n++)
    page = await source.readPage(page.cursor);
  return page;
}

/** As many records as can be shown. */
function shown(records: SourcePage["records"], mask: (text: string) => string): TrialResult["records"] {
  let bytes = 0;
  return records.slice(0, MOST_RECORDS).flatMap(({ id, value }) => {
    const text = mask(JSON.stringify(value) ?? "null");
    bytes += text.length;
    return bytes > SHOWN_BYTES ? [] : [{ id: mask(id), value: JSON.parse(text) as unknown }];
  });
}

/**
 * Makes one step of the request console with a credential that is open already, and tells everything about it: what went over
 * the wire, masked, and what was made of it. A refusal of the third party is a result, not a throw.
 */
export async function runTrial(
  access: TrialAccess,
  recorder: ReturnType<typeof recordingEgress>,
  request: TrialRequest,
): Promise<{ result: TrialResult; claims: TrialClaims }> {
  const { manifest, config, sandboxOrigin, clock } = access;
  const { grants, secrets } = watched(access.grants, config);
  const send = createSend({ egress: recorder.egress, manifest, grants, sandboxOrigin, clock });
  let account: Account | null = null;
  let page: SourcePage | null = null;
  let problem: TrialResult["problem"] = null;
  try {
    if (request.step === "check") await send(checkOf(manifest, config));
    else if (request.step === "identify") account = await accountBy(send, manifest, config, (await grants.current()).values);
    else page = await readRecords(access, send, request);
  } catch (error) {
    if (!isAppError(error) || error.code === "invalid") throw error;
    problem = { code: error.code, message: error.message };
  }
  const mask = maskOf(secrets);
  const fields = page
    ? fieldsSeen(
        specOf(manifest, request.object),
        page.records.map((record) => record.value),
      )
    : [];
  const result: TrialResult = {
    ...EMPTY,
    records: page ? shown(page.records, mask) : [],
    faults: (page?.faults ?? [])
      .slice(0, MOST_RECORDS)
      .map(({ externalId, message }) => ({ externalId: mask(externalId), message: mask(message) })),
    fields: fields.map((field) => ({ ...field, example: field.example === null ? null : mask(field.example) })),
    account: account && { id: mask(account.id), label: mask(account.label) },
    ...(page ? { count: page.records.length, cursor: page.cursor, done: page.done, total: page.total } : {}),
    problem: problem && { ...problem, message: mask(problem.message) },
    exchanges: recorder.exchanges(secrets),
  };
  return { result, claims: claimsOf(request, result, clock.now().toISOString()) };
}

/** What a try showed of the manifest's claims. */
function claimsOf({ step, object }: TrialRequest, { problem, faults, count, fields }: TrialResult, at: string): TrialClaims {
  const note =
    problem?.message.slice(0, 300) ??
    (faults.length > 0 ? `${faults.length} records could not be read: ${faults[0]?.message}`.slice(0, 300) : null);
  const ok = problem === null && faults.length === 0;
  if (step === "check" || step === "identify") return { [step]: { ok, at, note } };
  const claim = { first: "list", next: "next", changes: "changes" }[step];
  // A list without records shows nothing of its paths: it counts as not tried.
  if (step === "first" && ok && count === 0) return {};
  const claims: TrialClaims = { [`${object}.${claim}`]: { ok, at, note: note ?? `${count} records` } };
  if (step === "next" || !ok || count === 0) return claims;
  const wrong = misfits(fields);
  const missing = fields.filter((field) => field.declared !== null && field.found === null);
  const declared = fields.filter((field) => field.declared !== null).length;
  const words = [
    ...wrong.map((field) => `${field.path} is ${field.found}, not ${field.declared}`),
    ...(missing.length > 0 ? [`not seen on this page: ${missing.map((field) => field.path).join(", ")}`] : []),
  ].join("; ");
  claims[`${object}.fields`] = {
    ok: wrong.length === 0 && missing.length * 2 <= declared,
    at,
    note: words === "" ? null : words.slice(0, 300),
  };
  return claims;
}
