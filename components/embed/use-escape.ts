import { useEffect } from "react";

/** Escape closes a modal, unless something inside is open that Escape belongs to. */
export function useEscape(modal: boolean, close: () => void) {
  useEffect(() => {
    if (!modal) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [modal, close]);
}
