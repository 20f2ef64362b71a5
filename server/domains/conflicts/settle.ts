import type { ConflictField } from "#server/db/schema/pushing";
import type { ModelField } from "#server/domains/models/schema";
import { ownCheck } from "#server/domains/own-records/check-own";
import { AppError } from "#server/lib/errors";
import { compileReader, compileWriter } from "#server/mapping/paths";
import { keyOf } from "#server/mapping/same-value";
import { typed } from "#server/mapping/typed";
import type { Choice, Choices } from "./schema";

type Data = Record<string, unknown>;

/** An open conflict with all that settling it changes. */
export type Open = {
  id: string;
  stream_id: string;
  own_id: string;
  external_id: string;
  fields: ConflictField[];
  data: Data;
  base_ours: Data | null;
  base_theirs: Data | null;
  /** The record as we hold it; null = we do not. */
  held: Data | null;
};

/** What a settled conflict comes to. */
export type Settlement = {
  id: string;
  streamId: string;
  ownId: string;
  externalId: string;
  /** The own record as it is from now on; null = as it was. */
  own: Data | null;
  held: Data | null;
  baseOurs: Data;
  baseTheirs: Data;
  /** Something is to be written at the third party. */
  push: boolean;
  /** Fields that stay open. */
  left: ConflictField[];
  choice: Record<string, "ours" | "theirs" | "own">;
};

const refuse = (path: string, message: string) => new AppError("invalid", message, { details: { issues: [{ path, message }] } });

function wordOf(choice: Choice, { field: key, theirs }: ConflictField, { data }: Open, field: ModelField | undefined): unknown {
  if (!("take" in choice)) return typed(choice.value, field);
  return (choice.take === "ours" ? compileReader(key)(data) : theirs) ?? null;
}

const sameAs = (one: unknown, other: unknown) => keyOf(one ?? null) === keyOf(other ?? null);

/**
 * The fields of a conflict with what ours is by now, if one of them is decided against a value of ours that has changed since anybody was asked;
 * null = all that is chosen is known. Pure.
 */
export function changedSince({ fields, data }: Open, choices: Choices): ConflictField[] | null {
  const now = fields.map((one) => ({ ...one, ours: compileReader(one.field)(data) ?? null }));
  const isUnseen = fields.some(({ field, ours }, n) => {
    const choice = choices[field];
    return choice !== undefined && !("take" in choice && choice.take === "ours") && !sameAs(ours, now[n]?.ours);
  });
  return isUnseen ? now : null;
}

/** With what stands in the other record, and nothing else changed. */
function written(data: Data, values: ReadonlyMap<string, unknown>): Data | null {
  const changed = [...values].filter(([key, value]) => keyOf(compileReader(key)(data) ?? null) !== keyOf(value ?? null));
  if (changed.length === 0) return null;
  const next = structuredClone(data);
  for (const [key, value] of changed) compileWriter(key)(next, value);
  return next;
}

/**
 * What a person's choices about a conflict come to. Ours is what ours is by now. What is chosen of theirs is agreed on; what is not theirs counts as a change of
 * ours and is written there, unless they change it again first. `invalid` for a field that is not open, or a value that the model does not
 * take. Pure.
 */
export function settleOne(open: Open, choices: Choices, model: readonly ModelField[]): Settlement {
  const byKey = new Map(open.fields.map((one) => [one.field, one]));
  const values = new Map<string, unknown>();
  const [baseOurs, baseTheirs] = [{ ...open.base_ours }, { ...open.base_theirs }];
  const choice: Settlement["choice"] = {};
  let push = false;
  for (const [key, chosen] of Object.entries(choices)) {
    const field = byKey.get(key);
    if (!field) throw refuse(`choices.${key}`, "this field is not open any more; reload");
    const shape = model.find((one) => one.key === key);
    const value = wordOf(chosen, field, open, shape);
    values.set(key, value);
    choice[key] = "take" in chosen ? chosen.take : "own";
    baseOurs[key] = field.theirs ?? null;
    baseTheirs[key] = field.theirs ?? null;
    push ||= keyOf(value) !== keyOf(field.theirs ?? null);
    byKey.delete(key);
  }
  const own = written(open.data, values);
  const fault = own && ownCheck(model)(own).find(({ path }) => values.has(path));
  if (fault) throw refuse(`choices.${fault.path}`, fault.message);
  return {
    ...{ id: open.id, streamId: open.stream_id, ownId: open.own_id, externalId: open.external_id, own, baseOurs, baseTheirs, push, choice },
    held: open.held && written(open.held, values),
    left: [...byKey.values()],
  };
}
