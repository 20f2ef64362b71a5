/** RFC 3986: all but letters, digits and `-._~`. */
export const strictEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Plain order of code units, as every scheme's "sorted" means it; never the order of a language. */
export const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** application/x-www-form-urlencoded, one value. */
export const formEncode = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

export const isForm = (headers: Readonly<Record<string, string>>): boolean =>
  (headers["content-type"] ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded");
