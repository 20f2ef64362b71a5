/** Leads to the line of a field once it is drawn: in sight, and with the keyboard's focus. */
export function leadTo(target: string): void {
  requestAnimationFrame(() => {
    const row = document.querySelector(`[data-field="${CSS.escape(target)}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.querySelector<HTMLElement>("button, input")?.focus({ preventScroll: true });
  });
}
