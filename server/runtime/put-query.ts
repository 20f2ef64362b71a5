const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
};

/**
 * Sets parameters of an address in place. A space is written `%20`, for `+` means one in forms only and OData servers take it for a
 * plus; and what stood there before stays as it was written, for it may be a third party's own token.
 */
export function putQuery(url: URL, params: Readonly<Record<string, string | readonly string[]>>): void {
  let parts = url.search.slice(1).split("&").filter(Boolean);
  for (const [name, value] of Object.entries(params)) {
    const pairs = [value].flat().map((one) => [name, one] as [string, string]);
    const written = new URLSearchParams(pairs).toString().replaceAll("+", "%20");
    const first = parts.findIndex((part) => decoded(part.split("=", 1)[0] ?? "") === name);
    parts = parts.filter((part, i) => i === first || decoded(part.split("=", 1)[0] ?? "") !== name);
    parts = first < 0 ? [...parts, written] : parts.map((part, i) => (i === first ? written : part));
  }
  if (Object.keys(params).length > 0) url.search = parts.join("&");
}
