import type { ReactNode } from "react";

/** A list that scrolls by itself, reachable by keyboard. */
export function Log({ name, children }: { name: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
    <section className="acme-log" aria-label={name} tabIndex={0}>
      <ul>{children}</ul>
    </section>
  );
}
