import { AppError } from "#server/lib/errors";
import type { Egress, EgressResponse } from "../egress";
import { fill } from "../paths";
import { sandboxed } from "../send";
import { fillUrl } from "./fill-url";
import { basicOf, headerOf } from "./place";
import type { Call } from "./schema";

type Values = Readonly<Record<string, string>>;

const TIMEOUT_MS = 20_000;
const LIMIT_BYTES = 256 * 1024;

const XML: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
const ESCAPES = {
  xml: (text: string) => text.replace(/[&<>"']/g, (sign) => XML[sign] ?? ""),
  json: (text: string) => JSON.stringify(text).slice(1, -1),
  none: (text: string) => text,
} as const;

/** All text in a JSON value filled; names stay as they are. */
function fillJson(value: unknown, values: Values): unknown {
  if (typeof value === "string") return fill(value, values);
  if (Array.isArray(value)) return value.map((one) => fillJson(one, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fillJson(one, values)]));
}

function bodyOf({ form, json, text }: Call, values: Values): { type: string; body: string } | null {
  if (form) {
    const filled = Object.entries(form).map(([name, one]) => [name, fill(one, values)]);
    return { type: "application/x-www-form-urlencoded", body: new URLSearchParams(filled).toString() };
  }
  if (json !== undefined) return { type: "application/json", body: JSON.stringify(fillJson(json, values)) };
  return text ? { type: text.type, body: fill(text.body, values, ESCAPES[text.escape]) } : null;
}

export type Caller = { egress: Egress; name: string; sandboxOrigin: string | null };

export const inTrouble = (name: string, status: number) => new AppError("provider_unavailable", `${name} answered ${status} to a sign-in.`);

/** Makes a declared call once. Trouble, 429 and, unless wanted, 5xx are thrown as transient AppErrors; any other answer is returned. */
export async function makeCall(
  { egress, name, sandboxOrigin }: Caller,
  call: Call,
  values: Values,
  more: { headers?: Record<string, string>; query?: Record<string, string>; faults?: boolean } = {},
): Promise<EgressResponse> {
  const url = new URL(fillUrl(call.url, values));
  for (const [key, text] of Object.entries(call.query)) url.searchParams.set(key, fill(text, values));
  for (const [key, text] of Object.entries(more.query ?? {})) url.searchParams.set(key, text);
  const body = bodyOf(call, values);
  const answer = await egress({
    method: call.method,
    url: sandboxed(url.href, sandboxOrigin),
    headers: {
      accept: "application/json",
      ...(body && call.method === "POST" ? { "content-type": body.type } : {}),
      ...(call.basic ? { authorization: basicOf(call.basic, values) } : {}),
      ...more.headers,
      ...Object.fromEntries(Object.entries(call.headers).map(([key, text]) => [key.toLowerCase(), headerOf(text, values)])),
    },
    ...(body && call.method === "POST" ? { body: body.body } : {}),
    timeoutMs: TIMEOUT_MS,
    limitBytes: LIMIT_BYTES,
  });
  if (answer.status === 429) throw new AppError("provider_rate_limited", `${name} limits sign-ins.`, { retryAfterMs: 10_000 });
  if (answer.status >= 500 && !more.faults) throw inTrouble(name, answer.status);
  return answer;
}
