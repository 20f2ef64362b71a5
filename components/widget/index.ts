import { type Handle, type OpenOptions, open } from "./open";

// Read while the script runs: afterwards `currentScript` is null. The origin is never taken from an option.
const { origin } = new URL((document.currentScript as HTMLScriptElement).src);

// `Inlay.open(…)` for pages that load `/v1/inlay.js` by a script tag, beside `/v1/headless.js` or without it.
const page = window as unknown as { Inlay?: object };
page.Inlay = { ...page.Inlay, open: (options: OpenOptions): Handle => open(options, origin) };
