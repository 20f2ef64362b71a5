import { formatExact } from "#components/ui/format";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

/** A date or moment as machines write it (ISO 8601), as a person reads it; other texts as they are. A moment is told in the reader's zone. */
export function readable(text: string, locale: string): string {
  const isDay = DAY.test(text);
  if (!isDay && !MOMENT.test(text)) return text;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return isDay ? new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(date) : formatExact(date, locale);
}
