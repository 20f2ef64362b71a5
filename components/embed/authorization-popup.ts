/** The window in which a customer authorises at the third party. */

const WIDTH = 620;
const HEIGHT = 760;

let opened: Window | null | undefined;

/**
 * Opens an empty window. Call it inside the click itself: the address follows once the server has answered.
 * The next {@link takePopup} gets it, or null when the browser blocked it.
 */
export function openPopup(name: string): void {
  const left = window.screenX + Math.max(0, (window.outerWidth - WIDTH) / 2);
  const top = window.screenY + Math.max(0, (window.outerHeight - HEIGHT) / 2);
  const popup = window.open("about:blank", "_blank", `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`);
  opened = popup && !popup.closed ? popup : null;
  if (!opened) return;
  try {
    opened.document.title = `Connecting ${name}`;
    opened.document.body.textContent = `Opening ${name}…`;
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

/**
 * Sends the window to the third party. It keeps its opener, because the page it comes back to hands its ticket over there;
 * the third party can do nothing with it: a nested frame of another origin is not its to read or to navigate.
 */
export function navigatePopup(popup: Window, url: string): void {
  popup.location.replace(url);
}
