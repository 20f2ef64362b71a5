import { type Exchange, sendJson } from "../exchange";

/** An error in the sandbox CRM's own shape. */
export function sendError(x: Exchange, status: number, code: string, message: string, headers: Record<string, string> = {}): void {
  sendJson(x, status, { error: { code, message } }, headers);
}

export function sendInvalid(x: Exchange, message: string): void {
  sendError(x, 400, "invalid_request", message);
}
