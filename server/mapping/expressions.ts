import { Environment, EvaluationError, Optional, type ParseResult } from "@marcbachmann/cel-js";
import { absentAsNull, readsIn, renameIn } from "./expression-reads";
import { type Plan, planOf } from "./expression-rules";
import type { Evaluate } from "./expression-slot";
import { plainWords } from "./expression-words";
import { LIMITS } from "./limits";
import { describeValue, Misfit } from "./misfit";

/** Characters handled per evaluation, at worst. No clock is asked: the same record gets the same answer on any machine. */
const WORK_LIMIT = 1_000_000_000;
const LENGTH = 2_000;

type Numeric = number | bigint;

function arithmetic(environment: Environment): Environment {
  const work: Record<string, (a: number, b: number) => number> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "%": (a, b) => a % b,
  };
  // JSON knows one kind of number and CEL two: a record's numbers are doubles, written ones ints. They mix.
  for (const [sign, run] of Object.entries(work)) {
    const mixed = (a: Numeric, b: Numeric) => run(Number(a), Number(b));
    environment.registerOperator(`double ${sign} int: double`, mixed).registerOperator(`int ${sign} double: double`, mixed);
  }
  return environment.registerOperator("double % double: double", (a: number, b: number) => a % b);
}

const numbersOf = (list: readonly unknown[]): number[] =>
  list.map((item) => {
    if (typeof item === "number" || typeof item === "bigint") return Number(item);
    throw new EvaluationError({ code: "not_a_number", message: `${describeValue(item)} in the list is not a number` });
  });

function rounded(value: number, digits: number): number {
  const factor = 10 ** Math.max(-12, Math.min(12, digits));
  return Math.round(value * factor) / factor;
}

function joined(list: readonly unknown[], separator: string): string {
  const shown = list.filter((item) => item !== null && typeof item !== "object").map(String);
  const length = shown.reduce((sum, text) => sum + text.length + separator.length, 0);
  if (length > LIMITS.text) throw new EvaluationError({ code: "too_long", message: `the text is longer than ${LIMITS.text} characters` });
  return shown.join(separator);
}

function own(environment: Environment): Environment {
  const least = (list: readonly unknown[]) => numbersOf(list).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = (list: readonly unknown[]) => numbersOf(list).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return environment
    .registerFunction("sum(list): double", (list: readonly unknown[]) => numbersOf(list).reduce((a, b) => a + b, 0))
    .registerFunction("min(list): double", least)
    .registerFunction("max(list): double", most)
    .registerFunction("abs(double): double", Math.abs)
    .registerFunction("abs(int): double", (value: bigint) => Math.abs(Number(value)))
    .registerFunction("round(double, int): double", (value: number, digits: bigint) => rounded(value, Number(digits)))
    .registerFunction("join(list, string): string", joined);
}

const environmentFor = (maxAstNodes: number, maxDepth: number): Environment =>
  own(
    arithmetic(
      new Environment({
        unlistedVariablesAreDyn: true,
        homogeneousAggregateLiterals: false,
        enableOptionalTypes: true,
        limits: { maxAstNodes, maxDepth, maxListElements: 100, maxMapEntries: 50, maxCallArguments: 4 },
      }),
    ),
  );

let environment: Environment | null = null;
/** For what we have made of an expression that was within the limits. */
let roomy: Environment | null = null;

function theEnvironment(): Environment {
  environment ??= environmentFor(300, 24);
  return environment;
}

/** What evaluates: the expression itself, with null where what it compares is absent. */
function comparing(text: string, run: ParseResult, plan: Plan): ParseResult {
  const made = absentAsNull(text, plan.compared);
  if (made === text) return run;
  roomy ??= environmentFor(3_000, 48);
  return roomy.parse(made);
}

const firstLine = (error: unknown) =>
  String(error instanceof Error ? ((error as EvaluationError).summary ?? error.message) : error).split("\n")[0] ?? "";

function parse(text: string): { run: ParseResult; plan: Plan } {
  if (text.length > LENGTH)
    throw new RangeError(`the expression is longer than ${LENGTH} characters; split it over fields or use transforms`);
  try {
    const run = theEnvironment().parse(text);
    const plan = planOf(run.ast);
    const checked = run.check();
    if (!checked.valid) throw checked.error ?? new RangeError("it cannot be checked");
    return { run, plan };
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(`the expression cannot be used: ${error.message}`);
    const remedy = (error as EvaluationError).code === "limit_exceeded" ? "; split it over fields or use transforms" : "";
    throw new RangeError(`the expression cannot be read: ${plainWords(firstLine(error))}${remedy}`);
  }
}

const child = (value: unknown, name: string): unknown =>
  value !== null && typeof value === "object" && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

const rootOf = (source: unknown, name: string): unknown => (name === "record" ? source : child(source, name));

type Size = { text: number; entries: number };

/** Adds up the characters and list entries of a value; stops once there is too much of either. */
function measure(value: unknown, size: Size, depth: number): void {
  if (typeof value === "string") size.text += value.length;
  else if (
    value !== null &&
    typeof value === "object" &&
    depth <= LIMITS.depth &&
    size.entries <= LIMITS.values &&
    size.text <= WORK_LIMIT
  ) {
    if (Array.isArray(value)) size.entries += value.length;
    for (const item of Array.isArray(value) ? value : Object.values(value)) measure(item, size, depth + 1);
  }
}

const tooMuch = () =>
  new Misfit("is too much work on this record, for its lists or texts are too long; use transforms, or fewer list methods");

function chainValue(path: readonly string[], source: unknown): unknown {
  let value = rootOf(source, path[0] as string);
  for (let index = 1; index < path.length; index++) value = child(value, path[index] as string);
  return value;
}

/** Whether to evaluate at all: undefined when a value that is needed is missing, a Misfit when it would be too much work. */
function prepare(plan: Plan, source: unknown): "go" | Misfit | undefined {
  const all: Size = { text: 0, entries: 0 };
  let repeated = 0;
  for (const { path, inBody, compared } of plan.chains) {
    const value = chainValue(path, source);
    if (plan.isStrict && !compared && (value === undefined || (value === null && !plan.takesNull))) return undefined;
    const before = all.text;
    if (plan.hasMacros) measure(value, all, 0);
    else if (typeof value === "string") all.text += value.length;
    if (inBody) repeated += all.text - before;
  }
  const work = plan.nodes * (all.text + all.entries * repeated);
  return all.entries > LIMITS.values || work > WORK_LIMIT ? tooMuch() : "go";
}

function numberResult(value: number | bigint): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return Number.isFinite(value) ? value : new Misfit("divides by zero or is too great a number; test for zero first: b == 0 ? 0 : a / b");
}

function objectResult(value: object, depth: number): unknown {
  const list = Array.isArray(value);
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (!list && prototype !== Object.prototype && prototype !== null) {
    return new Misfit("gives a duration or a type; take its parts, for example (a - b).getHours()");
  }
  const made: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const inner = toJson(item, depth + 1);
    if (inner instanceof Misfit) return inner;
    made.push([key, inner]);
  }
  return list ? made.map(([, item]) => item) : Object.fromEntries(made);
}

/** What a result is as JSON: ints as numbers (as text beyond 2^53), moments as ISO text. */
function toJson(value: unknown, depth: number): unknown {
  if (typeof value === "bigint" || typeof value === "number") return numberResult(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.toISOString() : new Misfit("is not a moment that exists");
  if (value instanceof Optional) return value.hasValue() ? toJson(value.value(), depth) : null;
  return depth > LIMITS.depth ? new Misfit(`gives lists or objects more than ${LIMITS.depth} levels deep`) : objectResult(value, depth);
}

const MISSING = new Set(["no_such_key", "unknown_variable", "index_out_of_bounds", "optional_value_error"]);
const MISMATCH = /overload|operand|condition/;

/** No value when the expression came upon an empty field, the fault otherwise. */
function explain(error: unknown): Misfit | undefined {
  const code = String((error as EvaluationError)?.code ?? "");
  const said = firstLine(error);
  if (MISSING.has(code) || (MISMATCH.test(code) && /\bnull\b/.test(said))) return undefined;
  const reason = plainWords(said);
  const remedy = reason === said && MISMATCH.test(code) ? "; convert one side, for example with string(…) or double(…)" : "";
  return new Misfit(`does not work out: ${reason.slice(0, 250)}${remedy}`);
}

/**
 * Compiles an expression. Bounded by construction: its length, its nodes, what it may call and how list methods nest are
 * limited, and so is the work on one record. What reads an empty field has no value, unless it asks first (`has(a.b)`,
 * `a.?b.orValue("")`); compared by ==, != or `in`, an absent field is null. Throws RangeError naming the remedy.
 */
export function compileExpression(text: string): Evaluate {
  const { run: read, plan } = parse(text);
  const run = comparing(text, read, plan);
  const roots = [...new Set(plan.chains.map(({ path }) => path[0] as string))];
  const compared = new Set(plan.chains.flatMap((chain) => (chain.compared ? [chain.path[0] as string] : [])));
  return (source) => {
    const ready = prepare(plan, source);
    if (ready !== "go") return ready;
    const context: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const root of roots) {
      const value = rootOf(source, root);
      if (value !== undefined) context[root] = value;
      else if (compared.has(root)) context[root] = null;
    }
    try {
      return toJson(run(context), 0);
    } catch (error) {
      return explain(error);
    }
  };
}

/** Paths of the record that an expression reads, each once. None of one that cannot be used: compiling it says why. */
export function expressionPaths(text: string): string[] {
  try {
    return [...new Set(readsIn(parse(text).run.ast).map(({ path }) => path))];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** The expression reading `to` wherever it reads `from`, a name beside it; null where that is no expression. */
export function expressionWith(text: string, from: string, to: { path: string; name: string }): string | null {
  const made = renameIn(text, parse(text).run.ast, from, to);
  if (made === null) return null;
  const paths = expressionPaths(made);
  return paths.includes(to.path) && !paths.includes(from) ? made : null;
}
