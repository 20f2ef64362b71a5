import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import { type Exchange, sendJson } from "../exchange";

/** An error in HubSpot's shape. */
export function sendProblem(
  x: Exchange,
  status: number,
  category: string,
  message: string,
  extra: Record<string, unknown> = {},
  headers: OutgoingHttpHeaders = {},
): void {
  sendJson(x, status, { status: "error", message, correlationId: randomUUID(), category, ...extra }, headers);
}

export function sendInvalid(x: Exchange, message: string, extra: Record<string, unknown> = {}): void {
  sendProblem(x, 400, "VALIDATION_ERROR", message, extra);
}

export function sendMissing(x: Exchange): void {
  sendProblem(x, 404, "OBJECT_NOT_FOUND", "resource not found");
}
