import { type Handle, type OpenOptions, open as openAt } from "./open";

// Read while the script runs: afterwards `currentScript` is null. The origin is never taken from an option.
const origin = new URL((document.currentScript as HTMLScriptElement).src).origin;

/** `Inlay.open(…)` for pages that load `/v1/inlay.js` by a script tag. */
export const open = (options: OpenOptions): Handle => openAt(options, origin);
