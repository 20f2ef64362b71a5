/** The window in which a customer authorises at the third party. */
import type { Say } from "#server/words/say";

const WIDTH = 620;
const HEIGHT = 760;

let opened: Window | null | undefined;
/** The window while it has nowhere to go yet: if this page goes away meanwhile, nobody would ever send it there. */
let aimless: Window | null = null;
const closeAimless = () => aimless?.close();

/**
 * Opens an empty window. Call it inside the click itself: the address follows once the server has answered.
 * The next {@link takePopup} gets it, or null when the browser blocked it.
 */
export function openPopup(name: string, say: Say): void {
  const left = window.screenX + Math.max(0, (window.outerWidth - WIDTH) / 2);
  const top = window.screenY + Math.max(0, (window.outerHeight - HEIGHT) / 2);
  const popup = window.open("about:blank", "_blank", `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`);
  opened = popup && !popup.closed ? popup : null;
  if (!opened) return;
  aimless = opened;
  window.addEventListener("pagehide", closeAimless);
  try {
    opened.document.title = say("connect.window_title", { name });
    opened.document.body.textContent = say("connect.window_text", { name });
    opened.document.body.style.cssText = "font:15px/1.5 system-ui,sans-serif;color:#667085;margin:20vh auto;text-align:center";
  } catch {
    // Some browsers keep even an empty window apart; it stays blank for a moment.
  }
}

/** The window opened by the last click: a window, null when it was blocked, undefined when none was asked for. */
export function takePopup(): Window | null | undefined {
  const popup = opened;
  opened = undefined;
  return popup;
}

/** Whether the last click opened a window, or tried to, that nobody has taken yet. */
export const popupWaiting = (): boolean => opened !== undefined;

/** Sends the window to the third party, which gets no handle on us: it could otherwise lead our frame elsewhere. */
export function navigatePopup(popup: Window, url: string): void {
  if (aimless === popup) aimless = null;
  popup.opener = null;
  popup.location.replace(url);
}

/**
 * The ticket of the page a sign-in comes back to, once the window shows it. Only that page can be read from here: while the
 * window is at a third party, or closed, or the tie to it was cut, there is none.
 */
export function ticketIn(popup: Pick<Window, "document">): string | null {
  try {
    return popup.document.querySelector<HTMLInputElement>('input[name="ticket"]')?.value || null;
  } catch {
    return null; // another origin
  }
}
