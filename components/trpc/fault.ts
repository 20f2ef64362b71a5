import type { InlayFault } from "#components/ui/error-state.tsx";
import { ERRORS, type ErrorCode } from "#server/lib/errors";

/** What the routers put into `data.inlay`; `fields` holds messages by input field. */
export type Fault = InlayFault & { fields: Record<string, string[]> | null };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const local = (code: ErrorCode, text: string): Fault => {
  const { fixer, next } = ERRORS[code];
  return { code, text, fixer, next, detail: null, requestId: null, fields: null };
};

/** Any thrown value as a fault to show. What did not come from our server is a broken connection to it. */
export function faultOf(error: unknown): Fault {
  const data = isObject(error) && isObject(error["data"]) ? error["data"] : null;
  const inlay = data && isObject(data["inlay"]) ? data["inlay"] : null;
  if (inlay && typeof inlay["code"] === "string" && inlay["code"] in ERRORS) return inlay as unknown as Fault;
  return local("platform_error", "The server could not be reached. Check your connection; nothing was lost.");
}
