// RFC 8288: `<address>; rel="next"; title="a, b", <address>; rel=last`. Texts in quotes may hold anything, escaped by `\`.
const LINK = /<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)/g;
const PARAMETER = /;\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))/g;

/** The address of a `Link` header whose relation is `rel`, or null. Relations are whole words: `x-next` is not `next`. */
export function linkIn(header: string, rel: string): string | null {
  for (const [, address = "", parameters = ""] of header.matchAll(LINK)) {
    const relation = [...parameters.matchAll(PARAMETER)].find(([, name = ""]) => name.toLowerCase() === "rel");
    const words = (relation?.[2] ?? relation?.[3] ?? "").toLowerCase().split(/\s+/);
    if (words.includes(rel)) return address;
  }
  return null;
}
