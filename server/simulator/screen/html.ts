const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text made safe inside an element or a quoted attribute. */
function escapeText(text: string | number | null | undefined): string {
  return String(text ?? "").replace(/[&<>"']/g, (char) => ENTITIES[char] as string);
}

/** Markup that may be put into a page as it is. */
export type Markup = { markup: string };

/** Builds markup; every value is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...values: (string | number | null | undefined | Markup | Markup[])[]): Markup {
  let markup = strings[0] ?? "";
  for (const [i, value] of values.entries()) {
    if (Array.isArray(value)) markup += value.map((each) => each.markup).join("");
    else markup += typeof value === "object" && value !== null ? value.markup : escapeText(value);
    markup += strings[i + 1] ?? "";
  }
  return { markup };
}
