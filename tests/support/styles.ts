import type { Style } from "./style";
import { AUTH, RENEWALS } from "./styles-auth";
import { ANSWERS, LIMITS, WEBHOOKS } from "./styles-calls";
import { INCREMENTAL, PAGING } from "./styles-reading";

/** Every style that was found in third parties, by what it is about, with its proof. */
export const STYLES: Readonly<Record<string, readonly Style[]>> = {
  "Signing in": AUTH,
  Renewal: RENEWALS,
  Pages: PAGING,
  "Changes and deletions": INCREMENTAL,
  "Webhooks in": WEBHOOKS,
  "Rate limits": LIMITS,
  "Requests and answers": ANSWERS,
};
