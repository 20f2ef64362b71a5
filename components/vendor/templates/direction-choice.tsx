"use client";

import { useId } from "react";
import { DIRECTION_WORDS } from "#components/vendor/templates/direction-words";
import type { Direction } from "#server/domains/templates/schema";

const ALL = ["pull", "push", "two_way"] as const;

type ChoiceProps = {
  /** What the integration is called. */
  name: string;
  objectTitle: string;
  /** Which ways records of the object can go. */
  possible: readonly Direction[];
  value: Direction;
  onChange: (direction: Direction) => void;
};

/** Which way records go. Ways that the connector cannot go are shown, with the reason. */
export function DirectionChoice({ name, objectTitle, possible, value, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-sm">Direction</legend>
      <div className="grid divide-hairline overflow-hidden rounded-md border border-hairline max-sm:divide-y sm:grid-cols-3 sm:divide-x">
        {ALL.map((direction) => {
          const can = possible.includes(direction);
          const { title, text } = DIRECTION_WORDS[direction];
          return (
            <label
              key={direction}
              className="flex items-start gap-2.5 px-3 py-2.5 text-sm has-checked:bg-accent-soft has-disabled:cursor-not-allowed [&:not(:has(:disabled))]:cursor-pointer"
            >
              <input
                type="radio"
                name={id}
                checked={value === direction}
                disabled={!can}
                onChange={() => onChange(direction)}
                className="mt-0.5 size-4 shrink-0 accent-(--accent)"
              />
              <span>
                <span className={can ? "font-medium" : "font-medium text-secondary"}>{title}</span>
                <span className="block text-secondary text-xs">
                  {can ? text(name) : `${name} cannot create and change ${objectTitle.toLowerCase()}.`}
                </span>
              </span>
            </label>
          );
        })}
      </div>
      <p className="mt-1.5 text-secondary text-xs">It stays as it is chosen here: another direction is another stream.</p>
    </fieldset>
  );
}
