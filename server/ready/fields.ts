import type { ReadyFieldInput, ReadyStreamInput } from "#server/domains/templates/ready-schema";
import type { FieldChoice, FieldChoices } from "#server/mapping/overrides";
import type { FieldMapping, Transform } from "#server/mapping/schema";

/** How the data of ready templates is written down: short words for what mappings say at length. */

type Rest = Partial<Omit<FieldMapping, "target">>;

const filled = (target: string, rest: Rest): FieldMapping => ({ target, transforms: [], required: false, onError: "null", ...rest });

/** A record without it is of no use: it is held back and told. */
const NEEDED: Rest = { required: true, onError: "quarantine" };
/** A wrong value would be worse than a record held back: amounts, states. */
const STRICT: Rest = { onError: "quarantine" };

export const needed = (field: FieldMapping): FieldMapping => ({ ...field, ...NEEDED });

export const from = (target: string, path: string, ...transforms: Transform[]): FieldMapping => filled(target, { from: path, transforms });
export const text = (target: string, path: string): FieldMapping => from(target, path, { type: "trim" });
export const email = (target: string, path: string): FieldMapping => from(target, path, { type: "email" });
export const phone = (target: string, path: string): FieldMapping => from(target, path, { type: "trim" });
export const country = (target: string, path: string): FieldMapping => from(target, path, { type: "country", as: "alpha2" });
export const when = (target: string, path: string): FieldMapping => from(target, path, { type: "datetime" });
export const day = (target: string, path: string): FieldMapping => from(target, path, { type: "date" });
export const number = (target: string, path: string): FieldMapping => ({ ...from(target, path, { type: "number" }), ...STRICT });
/** The id of another record of the same source. */
export const reference = (target: string, path: string): FieldMapping => from(target, path, { type: "string" });
export const fixed = (target: string, constant: string | number | boolean): FieldMapping => filled(target, { constant });
export const composed = (target: string, template: string): FieldMapping => filled(target, { template, transforms: [{ type: "spaces" }] });
export const computed = (target: string, expression: string, ...transforms: Transform[]): FieldMapping =>
  filled(target, { expression, transforms, ...STRICT });

/** An amount in whole units; its currency stands elsewhere in the record. */
export const money = (target: string, path: string, currencyFrom: string): FieldMapping => ({
  ...from(target, path, { type: "money", currencyFrom }),
  ...STRICT,
});
/** An amount in cents, or what the currency has. */
export const cents = (target: string, path: string, currencyFrom: string): FieldMapping => ({
  ...from(target, path, { type: "money", currencyFrom, unit: "minor" }),
  ...STRICT,
});

/** Words of the source as words of ours; one that is not in the map becomes `otherwise`, or nothing. */
export const worded = (
  target: string,
  path: string,
  values: Record<string, string | boolean>,
  otherwise: string | boolean | null = null,
): FieldMapping => ({
  ...from(target, path, { type: "map", values, otherwise: "empty" }),
  ...(otherwise === null ? {} : { default: otherwise }),
});

/** Left out when it does not fit, where a record is of use without it. */
export const soft = (field: FieldMapping): FieldMapping => ({ ...field, onError: "null" });

/** `/Date(1759968000000+0000)/`, as one family of services writes moments. */
const MS_JSON: Transform[] = [{ type: "substring", start: 6, length: 13 }, { type: "number" }, { type: "fromUnix", unit: "milliseconds" }];
export const msJsonWhen = (target: string, path: string): FieldMapping => from(target, path, ...MS_JSON);
export const msJsonDay = (target: string, path: string): FieldMapping => from(target, path, ...MS_JSON, { type: "date" });

const may = (customer: FieldChoice["customer"], targets: readonly string[]): FieldChoices =>
  Object.fromEntries(targets.map((target) => [target, { customer }]));
/** Customers may leave them out. */
export const optional = (...targets: string[]): FieldChoices => may("optional", targets);
/** Customers may map them otherwise. */
export const free = (...targets: string[]): FieldChoices => may("choose", targets);
export const hidden = (...targets: string[]): FieldChoices => may("hidden", targets);
export const ask = (target: string, prompt: string, customer: "choose" | "must_choose" = "choose"): FieldChoices => ({
  [target]: { customer, prompt },
});

/** A field of a model: `field("email", "E-mail")`. */
export const field = (
  key: string,
  name: string,
  type: ReadyFieldInput["type"] = "string",
  rest: Partial<ReadyFieldInput> = {},
): ReadyFieldInput => ({ key, name, type, ...rest });
export const must = (one: ReadyFieldInput): ReadyFieldInput => ({ ...one, required: true });
export const oneOf = (key: string, name: string, ...values: string[]): ReadyFieldInput => field(key, name, "enum", { values });
export const pointsTo = (key: string, name: string, references: string): ReadyFieldInput => field(key, name, "reference", { references });

type Sharing = { match: string; owners: NonNullable<ReadyStreamInput["owners"]> };
/** The same stream both ways: who is on both sides is known by `match`, and of what both have changed decides whom `owners` names. */
export const bothWays = (one: ReadyStreamInput, sharing: Sharing): ReadyStreamInput => ({ ...one, ...sharing, direction: "two_way" });

const MINUTE = 60_000;
type Flow = Omit<ReadyStreamInput, "intervalMs" | "filter" | "choices"> & {
  everyMinutes?: number;
  filter?: string;
  choices?: FieldChoices;
};
/** A stream; records are read, every five minutes, where nothing else is said. */
export const stream = ({ everyMinutes = 5, filter, choices = {}, direction = "pull", ...rest }: Flow): ReadyStreamInput => ({
  ...rest,
  direction,
  intervalMs: everyMinutes * MINUTE,
  filter: filter ?? null,
  choices,
});
