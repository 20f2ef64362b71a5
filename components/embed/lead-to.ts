import { useEffect, useState } from "react";

const LEAD = "inlay:lead";

/** Leads to the line of a field: has it drawn wherever it is, then puts it in sight, with the keyboard's focus. */
export function leadTo(target: string): void {
  const go = () => {
    const row = document.querySelector(`[data-field="${CSS.escape(target)}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.querySelector<HTMLElement>("button, input")?.focus({ preventScroll: true });
  };
  requestAnimationFrame(() => {
    document.dispatchEvent(new CustomEvent(LEAD, { detail: target }));
    requestAnimationFrame(() => requestAnimationFrame(go));
  });
}

/** The field that somebody was led to, or is at: its line is drawn also while it is out of sight. */
export function useInHand(): [target: string | null, set: (target: string | null) => void] {
  const [target, set] = useState<string | null>(null);
  useEffect(() => {
    const led = (event: Event) => set(String((event as CustomEvent).detail));
    document.addEventListener(LEAD, led);
    return () => document.removeEventListener(LEAD, led);
  }, []);
  return [target, set];
}
