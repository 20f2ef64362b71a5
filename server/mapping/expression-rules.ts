import type { ASTNode } from "@marcbachmann/cel-js";

/** Functions and methods that expressions may call: none is slower than its input is long, none reads a clock or a locale. */
export const FUNCTIONS = [
  "has",
  "size",
  "string",
  "int",
  "double",
  "bool",
  "timestamp",
  "duration",
  "sum",
  "min",
  "max",
  "abs",
  "round",
  "join",
];
const TEXT_METHODS = [
  "size",
  "contains",
  "startsWith",
  "endsWith",
  "lowerAscii",
  "upperAscii",
  "trim",
  "indexOf",
  "lastIndexOf",
  "substring",
  "split",
];
const TIME_METHODS = ["FullYear", "Month", "Date", "DayOfMonth", "DayOfWeek", "Hours", "Minutes", "Seconds", "Milliseconds"].map(
  (part) => `get${part}`,
);
const OPTIONAL_METHODS = ["orValue", "or", "hasValue"];
export const METHODS = [...TEXT_METHODS, ...TIME_METHODS, ...OPTIONAL_METHODS];
/** Methods that run over a list: `lines.filter(l, l.quantity > 0)`. */
export const MACROS = ["all", "exists", "exists_one", "map", "filter"];

// Words of the language that a field of the record may be called too.
const WORDS = new Set(
  "bool bytes double duration dyn int list map null_type string timestamp type uint google cel optional optional_type".split(" "),
);

const functions = new Set(FUNCTIONS);
const methods = new Set(METHODS);
const macros = new Set(MACROS);
const LAZY = new Set(["?:", "||", "&&", ".?", "[?]"]);
const EQUALS = new Set(["==", "!=", "in"]);

/**
 * A path that an expression reads from the record, and whether it does so anew for each element of a list. `compared`: it stands beside
 * ==, != or before `in`, where an absent field is null.
 */
export type Chain = { path: readonly string[]; inBody: boolean; compared: boolean };

export type Plan = {
  chains: Chain[];
  nodes: number;
  hasMacros: boolean;
  /** Every chain is needed for a result: one that is missing settles it. */
  isStrict: boolean;
  /** May work on null: compares or tests. */
  takesNull: boolean;
  /** What is compared, in the order of the text. */
  compared: ASTNode[];
  /** The names that places in them begin with: `lines` of `lines[0].sku`. */
  begun: ASTNode[];
};

type Scope = { variables: readonly string[] };

/** Names, outermost first, when the node is `a.b.c`; null otherwise. */
function chainOf(node: ASTNode): string[] | null {
  if (node.op === "id") return [node.args];
  if (node.op !== ".") return null;
  const before = chainOf(node.args[0]);
  return before && [...before, node.args[1]];
}

/** What a list method runs over, below the filters before it. */
function rangeOf(node: ASTNode): string | null {
  if (node.op === "rcall" && node.args[0] === "filter") return rangeOf(node.args[1]);
  if (node.op === "[]" || node.op === ".") return rangeOf(node.args[0]);
  return node.op === "id" ? node.args : null;
}

/** The nodes right inside one. */
export function children(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "!_":
    case "-_":
      return [node.args];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "map":
      return node.args.flat();
    default:
      return [...node.args];
  }
}

function checkCall(name: string, allowed: ReadonlySet<string>, kind: string): void {
  if (allowed.has(name)) return;
  if (name === "matches")
    throw new RangeError('"matches" is not offered, for a pattern may take forever; use contains, startsWith or endsWith');
  throw new RangeError(`there is no ${kind} "${name}"; there are ${[...allowed].join(", ")}`);
}

/**
 * A list method may run over a path of the record, or inside another one over a path of that one's own variable: the elements
 * of elements. So the work of all of them is bounded by the size of the record, whatever is nested in what.
 */
function checkMacro(name: string, receiver: ASTNode, args: readonly ASTNode[], scope: Scope): string {
  const [variable] = args;
  if (variable?.op !== "id") throw new RangeError(`"${name}" needs a name for the entry first: lines.${name}(line, line.quantity > 0)`);
  const range = rangeOf(receiver);
  const inner = scope.variables.at(-1);
  if (range === null) {
    throw new RangeError(`"${name}" runs over a list of the record; filter before you map, and give a transform the rest`);
  }
  if (inner !== undefined && range !== inner) {
    throw new RangeError(
      `"${name}" inside another list method may only run over a list of "${inner}", for anything else grows without bound`,
    );
  }
  if (inner !== undefined && receiver.op === "id") throw new RangeError(`"${name}" needs a list inside "${inner}", such as ${inner}.items`);
  if (scope.variables.includes(variable.args))
    throw new RangeError(`the name "${variable.args}" is taken by the outer list method; choose another`);
  return variable.args;
}

/** The names that a place with positions or names in brackets begins with; null for what is computed. */
function beginning(node: ASTNode): ASTNode | null {
  if (chainOf(node)) return node;
  if (node.op === ".") return beginning(node.args[0]);
  return node.op === "[]" && node.args[1].op === "value" ? beginning(node.args[0]) : null;
}

function noteChain(node: ASTNode, path: readonly string[], scope: Scope, plan: Plan): void {
  const root = path[0] as string;
  if (WORDS.has(root)) throw new RangeError(`"${root}" is a word of the language; the record's field is record.${root}`);
  if (!scope.variables.includes(root)) plan.chains.push({ path, inBody: scope.variables.length > 0, compared: plan.begun.includes(node) });
}

function walkMethod(node: ASTNode & { op: "rcall" }, scope: Scope, plan: Plan): void {
  const [name, receiver, args] = node.args;
  if (!macros.has(name)) {
    checkCall(name, methods, "method");
    if (name.startsWith("get") && args.length > 0)
      throw new RangeError(`"${name}" reads UTC; move the zone to a "formatDate" or "date" transform`);
    for (const child of children(node)) walk(child, scope, plan);
    return;
  }
  const variable = checkMacro(name, receiver, args, scope);
  plan.hasMacros = true;
  walk(receiver, scope, plan);
  for (const body of args.slice(1)) walk(body, { variables: [...scope.variables, variable] }, plan);
}

function walk(node: ASTNode, scope: Scope, plan: Plan): void {
  plan.nodes++;
  const chain = chainOf(node);
  if (chain) {
    noteChain(node, chain, scope, plan);
    return;
  }
  if (LAZY.has(node.op)) plan.isStrict = false;
  if (EQUALS.has(node.op)) {
    plan.takesNull = true;
    const sides = children(node).slice(0, node.op === "in" ? 1 : 2);
    plan.compared.push(...sides);
    plan.begun.push(...sides.flatMap((side) => beginning(side) ?? []));
  }
  if (node.op === "rcall") {
    walkMethod(node, scope, plan);
    return;
  }
  if (node.op === "call") {
    checkCall(node.args[0], functions, "function");
    if (node.args[0] === "has") plan.isStrict = false;
  }
  for (const child of children(node)) walk(child, scope, plan);
}

/** What an expression reads and may do. Throws RangeError for what could grow without bound, with the remedy. */
export function planOf(ast: ASTNode): Plan {
  const plan: Plan = { chains: [], nodes: 0, hasMacros: false, isStrict: true, takesNull: false, compared: [], begun: [] };
  walk(ast, { variables: [] }, plan);
  if (plan.hasMacros) plan.isStrict = false;
  return plan;
}
