import { LIMITS } from "../limits";
import { describeValue, Misfit, tooLong } from "../misfit";

/** A setting of a transform. From it derive its type, its check on the way in, its row in the reference and its control in the editor. */
export type Param = { title: string; optional?: true } & (
  | { kind: "text"; min?: number; max: number }
  | { kind: "texts"; max: number }
  | { kind: "integer"; min: number; max: number }
  | { kind: "choice"; options: readonly [string, ...string[]] }
  | { kind: "zone" }
  // Where a path begins: at the record, at an entry of the setting `list`; not given = inside the value.
  | { kind: "path"; of?: "record" | "list" }
  | { kind: "paths"; max: number; of?: "record" }
  | { kind: "scalar" }
  | { kind: "values" }
);
export type Params = Readonly<Record<string, Param>>;
export type Scalar = string | number | boolean | null;

type ValueOf<P extends Param> = P extends { kind: "choice"; options: readonly (infer O)[] }
  ? O
  : {
      text: string;
      zone: string;
      path: string;
      integer: number;
      scalar: Scalar;
      values: Record<string, Scalar>;
      texts: string[];
      paths: string[];
    }[Exclude<P["kind"], "choice">];
type Optional<P extends Params> = { [K in keyof P]: P[K] extends { optional: true } ? K : never }[keyof P];
/** The settings of a transform with these parameters. */
export type Settings<P extends Params> = { [K in Exclude<keyof P, Optional<P>>]: ValueOf<P[K]> } & { [K in Optional<P>]?: ValueOf<P[K]> };

/** A value (and the record it is from) to its successor; a {@link Misfit} when it does not fit. Never throws, never changes what it is given. */
export type Step = (value: unknown, source: unknown) => unknown;

/** A transform of the way back, by type and settings. */
export type StepSpec = { type: string } & Record<string, unknown>;
/**
 * The way back. `exact`: back and forth gives the same; `settles`: forth, back and forth again does, while the source's own spelling
 * may be lost, `note` says what; otherwise the reason why there is none.
 */
export type Inverse =
  | { kind: "exact"; steps: StepSpec[] }
  | { kind: "settles"; steps: StepSpec[]; note: string }
  | { kind: "none"; reason: string };

/** One example: shown in the reference and checked by a test. The first one's settings are what the editor starts with. */
export type Example<P extends Params> = { settings: Settings<P>; input: unknown; output: unknown; source?: unknown };

export type Definition<T extends string = string, P extends Params = Params> = {
  type: T;
  title: string;
  description: string;
  params: P;
  /** `list`: takes a whole list; `one`: takes one value, and each element of a list that a path with [] gives. */
  takes: "one" | "list";
  gives: "one" | "list";
  /** Runs on a missing value too; the others let it pass. */
  onEmpty?: true;
  examples: readonly [Example<P>, ...Example<P>[]];
  compile(settings: Settings<P>): Step;
  invert(settings: Settings<P>): Inverse;
};

type Input<T extends string, P extends Params> = Omit<Definition<T, P>, "takes" | "gives" | "params" | "invert"> & {
  params?: P;
  takes?: "one" | "list";
  gives?: "one" | "list";
  invert?: (settings: Settings<P>) => Inverse;
};

const noWayBack = (): Inverse => ({ kind: "none", reason: "what it leaves out cannot be put back" });

// biome-ignore lint/complexity/noBannedTypes: no parameters
export function defineTransform<const T extends string, const P extends Params = {}>(input: Input<T, P>): Definition<T, P> {
  return { takes: "one", gives: "one", params: {} as P, invert: noWayBack, ...input };
}

/** The way back of something that only tidies: what was tidied once stays as it is. */
export const tidies =
  (note: string): (() => Inverse) =>
  () => ({ kind: "settles", steps: [], note });

/** A step on text; other values do not fit. */
export const onText =
  (change: (text: string, source: unknown) => unknown): Step =>
  (value, source) => {
    if (typeof value !== "string") return new Misfit(`needs text, got ${describeValue(value)}; add the "string" transform before`);
    return value.length > LIMITS.text ? tooLong() : change(value, source);
  };

/** A step on a list; other values do not fit. */
export const onList =
  (change: (list: readonly unknown[], source: unknown) => unknown): Step =>
  (value, source) =>
    Array.isArray(value)
      ? change(value, source)
      : new Misfit(`needs a list, got ${describeValue(value)}; end its source with [] or add the "split" transform before`);
