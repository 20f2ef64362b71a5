"use client";

import { useRef } from "react";

/** Where a dialog was opened from, and what lay around it then: the opener may be gone when the dialog closes. */
type Origin = { openers: HTMLElement[]; around: HTMLElement[] };

/** The opener of the dialog opened last: one dialog may hand on to the next. */
let last: HTMLElement | null = null;

const WITHIN = "button:not(:disabled), a[href], input:not(:disabled), [tabindex='0']";
const isHtml = (element: Element | null): element is HTMLElement => element instanceof HTMLElement && element !== document.body;
const usable = (element: HTMLElement) => element.isConnected && !element.matches(":disabled");

/** A command of a menu is gone with its menu: what opened the menu stays. */
function openerOf(element: HTMLElement): HTMLElement {
  const trigger = element.closest("[role=menu]")?.getAttribute("aria-labelledby");
  return (trigger ? document.getElementById(trigger) : null) ?? element;
}

function originNow(): Origin {
  const active = document.activeElement;
  const opener = isHtml(active) ? openerOf(active) : null;
  if (opener && !opener.closest("[role=dialog]")) last = opener;
  const openers = [opener, last].filter((one) => one !== null);
  const around: HTMLElement[] = [];
  for (let one = last?.parentElement ?? null; isHtml(one); one = one.parentElement) around.push(one);
  return { openers, around };
}

/** The opener, else the first thing to act on in the nearest place around it that is still there. */
function giveBack({ openers, around }: Origin): void {
  const near = () =>
    around
      .filter((place) => place.isConnected)
      .map((place) => (place.matches(WITHIN) ? place : place.querySelector<HTMLElement>(WITHIN)))
      .find((target) => target !== null);
  (openers.find(usable) ?? near())?.focus();
}

const LOOK_MS = 200;
const LOOKS = 25;

/** What was given the focus may go, or be switched off, as the page learns of what was done. Then once more, unless the person moved on. */
function keepAlive(origin: Origin, looks = LOOKS): void {
  setTimeout(() => {
    if (document.querySelector("[role=dialog]")) return;
    if (!isHtml(document.activeElement)) return giveBack(origin);
    if (looks > 0 && origin.openers.includes(document.activeElement)) keepAlive(origin, looks - 1);
  }, LOOK_MS);
}

/** For a dialog without a trigger of its own: gives the focus back to what opened it. The result is its `onCloseAutoFocus`. */
export function useFocusReturn(open: boolean): (event: Event) => void {
  const origin = useRef<Origin | null>(null);
  const was = useRef(false);
  // While rendering, because an input with `autoFocus` takes the focus before any effect.
  if (open && !was.current && typeof document !== "undefined") origin.current = originNow();
  was.current = open;
  return (event) => {
    event.preventDefault();
    if (!origin.current || document.querySelector("[role=dialog][data-state=open]")) return;
    giveBack(origin.current);
    keepAlive(origin.current);
  };
}
