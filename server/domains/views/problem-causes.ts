import type { HeldCause, HeldRecord } from "#server/domains/records/list-held-records";
import type { Ctx } from "#server/lib/context";
import { isErrorCode } from "#server/lib/errors";
import type { FieldFault } from "#server/mapping/compile";
import { isEmpty } from "#server/mapping/misfit";
import { misfitWords } from "#server/mapping/misfit-words";
import { compileReader } from "#server/mapping/paths";
import type { CorrectionInput } from "#server/trpc/views/embed";
import { sayTo } from "#server/words/reader";
import type { Say } from "#server/words/say";
import { type InForce, readInForce } from "./in-force";
import { detailFor } from "./problem";

/** A value as it is read in a sentence. */
function shown(value: unknown, say: Say): string {
  if (isEmpty(value)) return say("common.empty");
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function parsed(source: string | null): unknown {
  try {
    return source === null ? undefined : JSON.parse(source);
  } catch {
    return undefined; // a record that could not be taken: its source was cut
  }
}

function sentence(fault: Pick<FieldFault, "field" | "code">, stream: InForce, source: unknown, say: Say): string {
  if (fault.code === "record_invalid") return say("problems.empty_value");
  const model = stream.model.get(fault.field);
  const from = stream.fields.get(fault.field)?.from;
  if (!model) return say("problems.bad_value");
  const before = from === undefined || source === undefined ? undefined : compileReader(from)(source);
  return say("problems.misfit", { misfit: misfitWords(model, before, shown(before, say), say) });
}

export type Cause = { field: string | null; fieldName: string | null; message: string; input: CorrectionInput | null };
type Told = Omit<Cause, "input">;

/** The names of everything that is at fault beside the field a record was stored with. */
function alsoAtFault(faults: readonly FieldFault[], first: string, nameOf: (field: string) => string, say: Say): string {
  const others = [...new Set(faults.map(({ field }) => field))].filter((field) => field !== first).map(nameOf);
  return others.length > 0 ? ` ${say("problems.also", { fields: say.list(others.slice(0, 5)) })}` : "";
}

/** What holds one record back: the field it was stored with as long as that one is still at fault, and the names of all others that are. */
function causeOf(problem: HeldRecord, stream: InForce | undefined, say: Say): Told {
  if (problem.side === "write") return written(problem, stream, say);
  if (problem.hidden) return { field: null, fieldName: null, message: say("problems.hidden") };
  if (problem.field === null || problem.field === "filter" || !stream)
    return { field: null, fieldName: null, message: say("problems.untaken") };
  const source = parsed(problem.source);
  const stored = {
    field: problem.field,
    code: problem.code === "record_invalid" ? ("record_invalid" as const) : ("mapping_failed" as const),
  };
  const faults = (source === undefined ? [] : (stream.mapping?.attempt(source).faults ?? [])).filter(
    ({ field }) => !stream.hidden.has(field),
  );
  const first = faults.find(({ field }) => field === stored.field) ?? stored;
  const nameOf = (field: string) => stream.model.get(field)?.name ?? field;
  const message = sentence(first, stream, source, say) + alsoAtFault(faults, first.field, nameOf, say);
  return { field: first.field, fieldName: nameOf(first.field), message };
}

/** Why something of theirs was not written: in our words, with the other system's own where a customer may have them. */
function written({ code: stored, message, field }: HeldRecord, stream: InForce | undefined, say: Say): Told {
  const code = isErrorCode(stored) ? stored : "record_invalid";
  const detail = detailFor(say, code, message);
  const shape = field !== null && !stream?.hidden.has(field) ? stream?.model.get(field) : undefined;
  return { field: shape?.key ?? null, fieldName: shape?.name ?? null, message: detail ?? say(`error.${code}`) };
}

const TYPABLE: ReadonlySet<string> = new Set(["string", "number", "decimal", "boolean", "date", "datetime", "enum", "reference"]);

/** How a value is given for the field that keeps a record back; null where none can be. */
function inputOf({ side, state, hidden, field, source }: HeldRecord, stream: InForce | undefined): CorrectionInput | null {
  const shape = side === "read" && state === "held" && !hidden && field !== null ? stream?.model.get(field) : undefined;
  if (!shape || shape.key.includes("[]") || !TYPABLE.has(shape.type)) return null;
  const from = stream?.fields.get(shape.key)?.from;
  const was = from === undefined || source === null ? undefined : compileReader(from)(parsed(source));
  const text = isEmpty(was) ? null : typeof was === "object" ? JSON.stringify(was) : String(was);
  return { type: shape.type, values: shape.type === "enum" ? (shape.values ?? []) : null, was: text?.slice(0, 2_000) ?? null };
}

/**
 * Why records are held back. Their customer reads it in their language, by the names of fields, with the value that does not fit; the vendor's team in the
 * engine's words.
 */
export async function problemCauses(ctx: Ctx, problems: readonly HeldRecord[]): Promise<Cause[]> {
  const streamIds = [...new Set(problems.map(({ streamId }) => streamId))];
  const streams = streamIds.length > 0 ? await readInForce(ctx, streamIds) : new Map<string, InForce>();
  const say = ctx.actor.type === "customer" ? sayTo(ctx) : null;
  return problems.map((problem) => {
    const stream = streams.get(problem.streamId);
    const { field, message } = problem;
    const fieldName = field === null ? null : (stream?.model.get(field)?.name ?? field);
    return { ...(say ? causeOf(problem, stream, say) : { field, fieldName, message }), input: inputOf(problem, stream) };
  });
}

/** The names of the fields that causes are about, for who may know them. */
export async function fieldNames(ctx: Ctx, causes: readonly HeldCause[]): Promise<{ field: string | null; fieldName: string | null }[]> {
  const streamIds = [...new Set(causes.map(({ streamId }) => streamId))];
  const streams = streamIds.length > 0 ? await readInForce(ctx, streamIds) : new Map<string, InForce>();
  const isCustomer = ctx.actor.type === "customer";
  return causes.map(({ streamId, field, hidden }) => {
    const shape = field === null ? undefined : streams.get(streamId)?.model.get(field);
    if (isCustomer && (hidden || !shape)) return { field: null, fieldName: null };
    return { field, fieldName: shape?.name ?? field };
  });
}
