import { useEffect, useRef } from "react";

type Keys = { onSave: () => void; onPublish: () => void; onNextFault: () => void };

/** In text, and while something lies over the page, keys belong to that. */
const isBusy = (target: EventTarget | null): boolean =>
  (target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))) || isCovered();

const isCovered = (): boolean => document.querySelector("[role=dialog]") !== null;

const toSearch = () => document.querySelector<HTMLElement>("[data-search-source]")?.focus();

/** What a key asks for; null when it is none of these. */
function askedFor({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent, keys: Keys): (() => void) | null {
  if (altKey) return null;
  if (key === "F8") return keys.onNextFault;
  if (ctrlKey || metaKey) {
    if (key === "s") return keys.onSave;
    return key === "Enter" && !isCovered() ? keys.onPublish : null;
  }
  return key === "/" && !isBusy(target) ? toSearch : null;
}

/** Ctrl or ⌘ S saves, Ctrl or ⌘ Enter asks to publish, F8 goes to the next field that is wrong, / to the search of the source's fields. */
export function useStudioKeys(keys: Keys | null): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const asked = now.current && !event.defaultPrevented ? askedFor(event, now.current) : null;
      if (!asked) return;
      event.preventDefault();
      asked();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
