import { type Headless, type HeadlessOptions, headless } from "./headless";
import { InlayError } from "./headless-call";

// Read while the script runs, as in index.ts: the origin is never taken from an option.
const { origin } = new URL((document.currentScript as HTMLScriptElement).src);
const page = window as unknown as { Inlay?: object };

// `Inlay.headless(…)` for pages that load `/v1/headless.js`, beside `/v1/inlay.js` or without it.
page.Inlay = { ...page.Inlay, InlayError, headless: (options: HeadlessOptions): Promise<Headless> => headless(options, origin) };
