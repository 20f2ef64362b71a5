import { pathParts } from "./paths";

/** The paths in a text with `{path}` holes, in their order, as written. */
export const templatePaths = (template: string): string[] => [...template.matchAll(/\{([^{}]+)\}/g)].map(([, path = ""]) => path.trim());

/** Where a brace stands without its other half, counted from 0; null when all are in pairs. */
function oddBrace(template: string): { at: number; brace: "{" | "}" } | null {
  let open: number | null = null;
  for (let at = 0; at < template.length; at++) {
    const character = template[at];
    if (character === "{") {
      if (open !== null) return { at: open, brace: "{" };
      open = at;
    } else if (character === "}") {
      if (open === null) return { at, brace: "}" };
      open = null;
    }
  }
  return open === null ? null : { at: open, brace: "{" };
}

/**
 * Why a text with `{path}` holes cannot be what its author means, with the remedy; null when it can. A brace without its other
 * half would be copied into every record as it is, so it is refused instead.
 */
export function templateFault(template: string): string | null {
  const odd = oddBrace(template);
  if (odd) {
    const around = template.slice(odd.at, odd.at + 20);
    return odd.brace === "{"
      ? `"${around}" has a { without its }. Close it behind the field's path, or remove it.`
      : `Character ${odd.at + 1} is a } without its {. Open it before the field's path, or remove it.`;
  }
  if (/\{\s*\}/.test(template)) return "{} names no field. Write its path between the braces, as in {properties.email}.";
  for (const path of templatePaths(template)) {
    try {
      pathParts(path);
    } catch (error) {
      if (error instanceof RangeError) return `${error.message}. Correct it, as in {properties.email}.`;
      throw error;
    }
  }
  return null;
}
