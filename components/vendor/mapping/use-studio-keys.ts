import { useEffect, useRef } from "react";

type Keys = { onSave: () => void; onPublish: () => void; onNextFault: () => void; onUndo: () => void; onRedo: () => void };

/** In text, and while something lies over the page, keys belong to that. */
const isBusy = (target: EventTarget | null): boolean =>
  (target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))) || isCovered();

const isCovered = (): boolean => document.querySelector("[role=dialog]") !== null;

const toSearch = () => document.querySelector<HTMLElement>("[data-search-source]")?.focus();

/** What is undone or made again by a key; a field one types in does that with what was typed there. */
function turnedBack(key: string, shift: boolean, { onUndo, onRedo }: Keys): (() => void) | null {
  if (key.toLowerCase() === "z") return shift ? onRedo : onUndo;
  return key === "y" ? onRedo : null;
}

/** What a key asks for; null when it is none of these. */
function askedFor({ key, ctrlKey, metaKey, altKey, shiftKey, target }: KeyboardEvent, keys: Keys): (() => void) | null {
  if (altKey) return null;
  if (key === "F8") return keys.onNextFault;
  if (ctrlKey || metaKey) {
    if (key === "s") return keys.onSave;
    const back = isBusy(target) ? null : turnedBack(key, shiftKey, keys);
    if (back) return back;
    return key === "Enter" && !isCovered() ? keys.onPublish : null;
  }
  return key === "/" && !isBusy(target) ? toSearch : null;
}

/** Ctrl or ⌘ S saves, Ctrl or ⌘ Z takes the last change back (with Shift: makes it again), Ctrl or ⌘ Enter asks to publish, F8 goes to the next field that is wrong, / to the search of the source's fields. */
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
