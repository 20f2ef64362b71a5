import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { type Drift, missingSteps, takenBy, typeStands, valueAtMap } from "#server/mapping/drift";
import { reads } from "#server/mapping/field-paths";
import type { OnlyValues } from "#server/mapping/only-values";
import { pathsOf } from "#server/mapping/reads";
import { readingInstead } from "#server/mapping/renamed";
import type { FieldMapping } from "#server/mapping/schema";
import { sayIn } from "#server/words/messages";
import type { Say } from "#server/words/say";
import type { Direction } from "../templates/schema";
import { typeWords } from "./patch";
import type { DriftRemedy, ValueChoices } from "./schema";

/** The mapping in force, and what is known of the account. */
export type DriftGround = {
  inForce: readonly FieldMapping[];
  /** Of the template: customers cannot change it. */
  filter: string | null;
  /** The values that records are taken by, as the customer wants it. */
  only?: OnlyValues | undefined;
  model: readonly ModelField[];
  sources: readonly SourceField[];
  /** Not given = it reads only. */
  direction?: Direction | undefined;
  say?: Say;
};

/** Of one field. */
const MOST_STEPS = 10;

type Patches = Record<string, FieldMapping | null>;

const sayOn = (ground: DriftGround): Say => ground.say ?? sayIn("en");
const list = (names: readonly string[], say: Say) => names.map((value) => say("origin.quoted", { value })).join(", ");
const explain = (label: string): DriftRemedy => ({ kind: "explain", label });

/** The fields that a drift reaches as they are mapped now; one that reads another path meanwhile is not reached any more. */
const reached = ({ path, targets }: Drift, { inForce }: DriftGround): FieldMapping[] =>
  inForce.filter((field) => targets.includes(field.target) && pathsOf(field).some((one) => reads(one, path)));

const nameOf = ({ model }: DriftGround, target: string) => model.find((field) => field.key === target)?.name ?? target;
const titleOf = ({ sources }: DriftGround, path: string) => sources.find((field) => field.path === path)?.title ?? path;

function renamed(drift: Drift, fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const to = drift.to ?? "";
  const say = sayOn(ground);
  const made = fields.map((field) => ({ field, next: to === "" ? null : readingInstead(field, drift.path, to) }));
  const stuck = made.filter(({ next }) => next === null).map(({ field }) => nameOf(ground, field.target));
  if (stuck.length > 0) return explain(say("remedy.expression", { fields: list(stuck, say), from: drift.path, to }));
  const patches: Patches = Object.fromEntries(made.map(({ field, next }) => [field.target, next]));
  return { kind: "patch", label: say("remedy.use", { field: titleOf(ground, to) }), fields: patches };
}

function removed(fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const say = sayOn(ground);
  const needed = fields.filter((field) => field.required || ground.model.find(({ key }) => key === field.target)?.required);
  if (needed.length > 0)
    return explain(
      say("remedy.needed", {
        fields: list(
          needed.map((field) => nameOf(ground, field.target)),
          say,
        ),
      }),
    );
  const patches: Patches = Object.fromEntries(fields.map((field) => [field.target, null]));
  return {
    kind: "patch",
    label: say("remedy.leave_out", {
      fields: list(
        fields.map((field) => nameOf(ground, field.target)),
        say,
      ),
    }),
    fields: patches,
  };
}

const AS_TEXT: FieldMapping["transforms"][number] = { type: "parseNumber", decimal: ".", group: "none", as: "number" };

/** A field's ways to take what its source's new type holds: with the steps that it needs before its own; with numbers read from text, and written as such. */
function refits(field: FieldMapping, ground: DriftGround, source: SourceField): FieldMapping[] {
  const missing = missingSteps(
    field,
    ground.model.find(({ key }) => key === field.target),
    source,
  );
  const made = missing === null ? [] : [{ ...field, transforms: [...missing, ...field.transforms] }];
  const asText = field.transforms.map((step) => (step.type === "number" ? AS_TEXT : step));
  return [...made, { ...field, transforms: asText }].filter(({ transforms }) => transforms.length <= MOST_STEPS);
}

/** The field as its source's new type asks, both ways where it is written; null when no step can help. */
function refitted(field: FieldMapping, ground: DriftGround, source: SourceField): FieldMapping | null {
  const fits = (one: FieldMapping) => {
    const mapping = { fields: [one], model: ground.model, direction: ground.direction ?? "pull" };
    return typeStands(source, { fields: [one], filter: false }, mapping) === "fits";
  };
  return refits(field, ground, source).find(fits) ?? null;
}

function retyped(drift: Drift, fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const source = ground.sources.find((field) => field.path === drift.path);
  const say = sayOn(ground);
  if (!source) return explain(say("remedy.look_first"));
  const made = fields.map((field) => ({ field, next: refitted(field, ground, source) }));
  const stuck = made.filter(({ next }) => next === null).map(({ field }) => nameOf(ground, field.target));
  const type = typeWords(source.type, say);
  const writes = (ground.direction ?? "pull") !== "pull";
  if (stuck.length > 0) return explain(say(writes ? "remedy.cannot_write" : "remedy.cannot_take", { fields: list(stuck, say), type }));
  const patches: Patches = Object.fromEntries(made.map(({ field, next }) => [field.target, next]));
  return { kind: "patch", label: say("remedy.convert", { field: source.title, type }), fields: patches };
}

/** Whether a field takes one of a few values only: a value map or the model's choices say which. */
const choosesIn = (field: FieldMapping, { model }: DriftGround): boolean =>
  field.values !== undefined || (field.from !== undefined && model.some(({ key, type }) => key === field.target && type === "enum"));

function unmapped(drift: Drift, fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy {
  const values = drift.values ?? [];
  const say = sayOn(ground);
  const models = ground.model.filter((model) => fields.some((field) => field.target === model.key && choosesIn(field, ground)));
  const options = models.map((model) => model.values ?? null).find((one) => one !== null) ?? null;
  return { kind: "values", label: say("remedy.say", { values: list(values.slice(0, 5), say), count: values.length }), values, options };
}

const namesOf = (fields: readonly FieldMapping[], ground: DriftGround): string =>
  list(
    fields.map((field) => nameOf(ground, field.target)),
    sayOn(ground),
  );

/** Choices that are gone there: what is written instead only a person can tell. */
const writtenNoMore = ({ values = [] }: Drift, fields: readonly FieldMapping[], ground: DriftGround): DriftRemedy =>
  explain(sayOn(ground)("remedy.value_gone", { fields: namesOf(fields, ground), values: list(values.slice(0, 5), sayOn(ground)) }));

/** What one click can do about a drift, or what a person has to. Pure. */
export function remedyOf(drift: Drift, ground: DriftGround): DriftRemedy {
  const fields = reached(drift, ground);
  // As long as the filter asks for what is gone, no record passes it, whatever the fields read.
  const isGone = drift.kind === "renamed" || drift.kind === "removed";
  const taken = takenBy(ground, drift.path);
  if ((isGone || fields.length === 0) && taken.filter) {
    const from = titleOf(ground, drift.path);
    if (taken.own) return { kind: "own", label: sayOn(ground)("remedy.own", { from }) };
    return { kind: "vendor", label: sayOn(ground)("remedy.filter", { from }) };
  }
  if (fields.length === 0) return { kind: "patch", label: sayOn(ground)("remedy.unread"), fields: {} };
  switch (drift.kind) {
    case "renamed":
      return renamed(drift, fields, ground);
    case "removed":
      return removed(fields, ground);
    case "type":
      return retyped(drift, fields, ground);
    case "values":
      return unmapped(drift, fields, ground);
    case "values_gone":
      return writtenNoMore(drift, fields, ground);
    case "required":
      return explain(sayOn(ground)("remedy.give_value", { fields: namesOf(fields, ground) }));
    case "must_fill":
      return explain(sayOn(ground)("remedy.must_fill", { fields: namesOf(fields, ground) }));
    default:
      return drift.kind satisfies never;
  }
}

/** The fields with the source's new values in their value maps; the values that nothing was said about. */
export function withValues(drift: Drift, ground: DriftGround, to: ValueChoices): { fields: Patches; unsaid: string[] } {
  const values = drift.values ?? [];
  const said = (field: FieldMapping) =>
    Object.fromEntries(
      values.flatMap((value) => (Object.hasOwn(to, value) ? [[valueAtMap(field, value) ?? value, to[value] ?? null]] : [])),
    );
  const mapping = reached(drift, ground).filter((field) => choosesIn(field, ground));
  return {
    fields: Object.fromEntries(mapping.map((field) => [field.target, { ...field, values: { ...field.values, ...said(field) } }])),
    unsaid: values.filter((value) => !Object.hasOwn(to, value)),
  };
}

/** What happened, in the reader's language; in the words it was stored with where they are English. */
export function happenedWords(drift: Drift, ground: Pick<DriftGround, "sources">, say: Say): string {
  if (say.language === "en") return drift.message;
  const titleAt = (path: string) => ground.sources.find((field) => field.path === path)?.title;
  // A field that is gone is no source any more; its title stands in what was stored.
  const field = titleAt(drift.path) ?? /“([^”]+)”/.exec(drift.message)?.[1] ?? drift.path;
  const values = (drift.values ?? []).slice(0, 5).join(", ");
  const type = typeWords(ground.sources.find((source) => source.path === drift.path)?.type ?? "", say);
  const to = titleAt(drift.to ?? "") ?? drift.to ?? "";
  return say(`drift.${drift.kind}_text`, { field, to, type, values });
}
