const folded = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const MINUTE_MS = 60_000;

const text = (value: unknown): string | null =>
  typeof value === "string" ? value.trim() : typeof value === "number" || typeof value === "boolean" ? String(value) : null;

/**
 * Whether two values are the same but for how they are spelled: capitals, spaces and signs of punctuation (telephone numbers), a
 * number's zeros, a moment's seconds. Nothing and an empty text are the same. Only for values that are known to come from one another.
 */
export function sameSpelling(one: unknown, other: unknown): boolean {
  const [a, b] = [text(one ?? ""), text(other ?? "")];
  if (a === null || b === null) return false;
  if (a === b) return true;
  if (a === "" || b === "") return false;
  if (Number.isFinite(Number(a)) && Number.isFinite(Number(b))) return Number(a) === Number(b);
  if (MOMENT.test(a) && MOMENT.test(b)) return Math.floor(Date.parse(a) / MINUTE_MS) === Math.floor(Date.parse(b) / MINUTE_MS);
  return folded(a) !== "" && folded(a) === folded(b);
}
