import { CircleAlert } from "lucide-react";
import { count } from "#components/ui/format";
import type { Direction } from "#server/domains/templates/schema";
import type { Ways } from "#server/mapping/ways-back";

const listed = (titles: readonly string[]) => titles.slice(0, 5).join(", ") + (titles.length > 5 ? ", …" : "");

/** What would keep the stream from being published: nothing goes back, or a new record there would lack what it needs. */
export function whyNotWritten(ways: Ways, name: string): string | null {
  if (ways.back.length === 0) return `Nothing of this can be written at ${name} yet. Map at least one field that it lets be changed.`;
  if (ways.unfilled.length === 0) return null;
  return `${name} needs ${listed(ways.unfilled.map(({ title }) => title))} of each new record. Map a field of your model to it.`;
}

type NoteProps = { ways: Ways; direction: Direction; name: string; nameOf: (target: string) => string };

/** Which fields of a mapping go back, and which do not and why. */
export function WaysNote({ ways, direction, name, nameOf }: NoteProps) {
  const fault = whyNotWritten(ways, name);
  const { back, readOnly } = ways;
  const goes = direction === "two_way" ? "go both ways" : "are written";
  return (
    <div className="text-xs">
      {fault ? (
        <p role="status" className="flex items-start gap-1.5 text-danger-text">
          <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 stroke-[1.75]" />
          {fault}
        </p>
      ) : null}
      {back.length > 0 ? (
        <p className="text-secondary">
          {readOnly.length === 0
            ? `All ${count(back.length, "field")} ${goes}.`
            : `${back.length} of ${count(back.length + readOnly.length, "field")} ${goes}.`}
        </p>
      ) : null}
      {readOnly.length > 0 ? (
        <details className="mt-1">
          <summary className="cursor-pointer rounded-sm text-secondary">
            {count(readOnly.length, "field is", "fields are")} {direction === "two_way" ? "only read" : "not written"}
          </summary>
          <ul className="mt-1 flex max-h-48 flex-col gap-0.5 overflow-y-auto ps-4">
            {readOnly.map(({ target, reason }) => (
              <li key={target}>
                <span className="font-medium">{nameOf(target)}</span>: <span className="text-secondary">{reason}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
