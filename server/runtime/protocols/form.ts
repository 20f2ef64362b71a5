/** A value as a form with brackets: `items[0][price]=5`. Null is an empty text; undefined is left out. */
export function formOf(body: unknown): string {
  const params = new URLSearchParams();
  const write = (name: string, value: unknown): void => {
    if (value === undefined) return;
    if (typeof value !== "object" || value === null) {
      params.append(name, value === null ? "" : String(value));
      return;
    }
    for (const [key, one] of Object.entries(value)) write(name === "" ? key : `${name}[${key}]`, one);
  };
  write("", body ?? {});
  return params.toString();
}
