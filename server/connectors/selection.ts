import { put } from "#server/runtime/paths";

type Tree = { [name: string]: Tree | null };

/**
 * What a GraphQL document asks for, by the paths of an object's fields. `more`: by path, what comes behind a name, arguments or what is
 * asked for in a list: `{ lines: "(first: 30)", "lines.nodes": " { id }" }`.
 */
export function selection(fields: readonly { path: string }[], more: Readonly<Record<string, string>> = {}): string {
  const tree: Tree = {};
  for (const { path } of fields) put(tree, path, null);
  const write = (node: Tree, above: string): string =>
    Object.entries(node)
      .map(([name, inner]) => `${name}${more[above + name] ?? ""}${inner ? ` { ${write(inner, `${above}${name}.`)} }` : ""}`)
      .join(" ");
  return write(tree, "");
}
