import type { ASTNode } from "@marcbachmann/cel-js";
import { children, MACROS } from "./expression-rules";
import { pathUnder } from "./paths";

/** What the variables of list methods stand for: paths of entries; null = of something computed. */
type Variables = ReadonlyMap<string, string | null>;

/** A place in an expression that reads a path of the record. */
export type Read = { path: string; node: ASTNode };

const macros = new Set(MACROS);
/** Methods that give what they are called on, or something else in its place. */
const PASSING = new Set(["filter", "orValue", "or"]);

const each = (path: string | null) => (path === null || path === "" ? null : `${path}[]`);

function indexOf(node: ASTNode): string | number | null {
  if (node.op === "-_" && node.args.op === "value") return typeof node.args.args === "bigint" ? -Number(node.args.args) : null;
  if (node.op !== "value") return null;
  const { args } = node;
  return typeof args === "string" ? args : typeof args === "bigint" ? Number(args) : null;
}

/** What stands at a name or an index inside `before`. Of which entry or name only the record can tell, is any of them. */
function insideOf(before: string, index: string | number | null): string {
  if (typeof index === "string") return pathUnder(before, index);
  return before === "" ? "" : index === null ? `${before}[]` : `${before}[${index}]`;
}

/** The path that a node stands for, "" for the record itself; null when it is computed. */
function pathAt(node: ASTNode, variables: Variables): string | null {
  switch (node.op) {
    case "id":
      return variables.has(node.args) ? (variables.get(node.args) ?? null) : node.args === "record" ? "" : pathUnder("", node.args);
    case "rcall":
      return PASSING.has(node.args[0]) ? pathAt(node.args[1], variables) : null;
    case ".":
    case ".?":
    case "[]":
    case "[?]": {
      const [holder, name] = node.args;
      const before = pathAt(holder, variables);
      return before === null ? null : insideOf(before, typeof name === "string" ? name : indexOf(name));
    }
    default:
      return null;
  }
}

/** A list method: what it reads of each entry, or the list itself when it reads nothing of them. */
function walkMacro(node: ASTNode & { op: "rcall" }, variables: Variables, reads: Read[], isPart: boolean): void {
  const [, receiver, [variable, ...bodies]] = node.args;
  const list = pathAt(receiver, variables);
  walk(receiver, variables, reads, list !== null);
  const inside = new Map(variables);
  if (variable?.op === "id") inside.set(variable.args, each(list));
  const before = reads.length;
  for (const body of bodies) walk(body, inside, reads, false);
  const isRead = reads.slice(before).some(({ path }) => path.startsWith(`${list}[]`));
  if (list && !isRead && !isPart) reads.push({ path: list, node: receiver });
}

/** `isPart`: the node is the beginning of a longer path that is told already. */
function walk(node: ASTNode, variables: Variables, reads: Read[], isPart: boolean): void {
  const path = isPart ? null : pathAt(node, variables);
  const inPath = isPart || path !== null;
  if (node.op === "rcall" && macros.has(node.args[0])) {
    // What a filter leaves is read whole, whatever the filter itself looks at.
    if (path) reads.push({ path, node });
    walkMacro(node, variables, reads, inPath);
    return;
  }
  if (path) reads.push({ path, node });
  const [first, ...rest] = children(node);
  if (first) walk(first, variables, reads, inPath);
  for (const child of rest) walk(child, variables, reads, false);
}

/**
 * What an expression reads of the record, as paths of mappings (`properties.email`, `lines[].sku`), and where in it: names in
 * brackets are names, method names are none, and what a list method reads of an entry is a path through the list.
 */
export function readsIn(ast: ASTNode): Read[] {
  const reads: Read[] = [];
  walk(ast, new Map(), reads, false);
  return reads;
}

const NAME = /^[A-Za-z_]\w*$/;

/** The last name of a place as it is written, with another in its stead; null where that cannot be written. */
function renamedAt(text: string, node: ASTNode, name: string): Edit | null {
  if (node.op === "id") return NAME.test(name) ? { from: node.start, to: node.end, text: name } : null;
  if (node.op === "rcall" && PASSING.has(node.args[0])) return renamedAt(text, node.args[1], name);
  if (node.op === "." || node.op === ".?")
    return NAME.test(name) ? { from: node.args[0].end, to: node.end, text: `${node.op}${name}` } : null;
  if ((node.op === "[]" || node.op === "[?]") && node.args[1].op === "value")
    return { from: node.args[1].start, to: node.args[1].end, text: JSON.stringify(name) };
  return null;
}

type Edit = { from: number; to: number; text: string };

const edited = (text: string, edits: readonly Edit[]): string =>
  [...edits].sort((a, b) => b.from - a.from).reduce((result, edit) => result.slice(0, edit.from) + edit.text + result.slice(edit.to), text);

/** The place as one that may be absent at each step, `a.?b[?"c"]`; null for what is computed. */
function optionalAt(text: string, node: ASTNode): string | null {
  if (node.op === "id") return node.args;
  if (node.op !== "." && node.op !== "[]") return null;
  const [holder, name] = node.args;
  const before = optionalAt(text, holder);
  if (before === null) return null;
  if (typeof name === "string") return `${before}.?${name}`;
  return name.op === "value" ? `${before}[?${text.slice(name.start, name.end)}]` : null;
}

/** The expression with null in the place of absent fields, where these nodes read them. */
export function absentAsNull(text: string, nodes: readonly ASTNode[]): string {
  const edits = nodes.flatMap((node): Edit[] => {
    const optional = node.op === "id" ? null : optionalAt(text, node);
    return optional === null ? [] : [{ from: node.start, to: node.end, text: `${optional}.orValue(null)` }];
  });
  return edited(text, edits);
}

/** The expression reading the name `to` wherever it reads `from`, which lies beside it; null where that cannot be written. */
export function renameIn(text: string, ast: ASTNode, from: string, to: { path: string; name: string }): string | null {
  const edits = readsIn(ast)
    .filter(({ path }) => path === from)
    .map(({ node }) => renamedAt(text, node, to.name));
  if (edits.some((edit) => edit === null)) return null;
  return edited(
    text,
    edits.flatMap((edit) => edit ?? []),
  );
}
