import { createHmac } from "node:crypto";
import { safeEqual } from "#server/lib/tokens";
import { type InboundCall, spotText } from "./call";
import type { Handshake } from "./scheme";

/** An answer that settles a call without storing it. Never HTML: a challenge is the caller's own text. */
export type Answer = {
  status: number;
  contentType: "text/plain; charset=utf-8" | "application/json";
  body: string;
  headers?: Record<string, string>;
};
/** Secrets that challenges are answered with: the integration's client secret, and the endpoint's. */
export type Secrets = { app: string | null; endpoint: string | null };

type Declared = Extract<Handshake, { type: "answer" }>;

/** What a challenge may look like that is said back. */
export const CHALLENGE = /^[\x20-\x7e]{1,1000}$/;
/** What is signed for whoever asks must not be able to pass for a call's body: a token, and no JSON, form or `v0:time:body`. */
const TOKEN = /^[A-Za-z0-9._~+/-]{1,300}={0,2}$/;
const HOLE = /\{(?:(query|header|bodyAt):([^{}\s]+)|hmac)\}/g;

const isGet = (call: InboundCall) => call.method === "GET" || call.method === "HEAD";

/** A template filled with texts of the call; null when one is missing or unlike what it may be. */
function filled(template: string, call: InboundCall, look: RegExp, hmac = ""): string | null {
  let lacks = false;
  const text = template.replace(HOLE, (_, from?: "query" | "header" | "bodyAt", name = "") => {
    if (from === undefined) return hmac;
    const found = spotText(call, { in: from === "bodyAt" ? "body" : from, name });
    if (found !== null && look.test(found)) return found;
    lacks = true;
    return "";
  });
  return lacks ? null : text;
}

function signed({ hmac }: Declared, call: InboundCall, secrets: Secrets): string | null {
  if (!hmac) return "";
  const { secretPrefix = "" } = hmac;
  const secret = secrets[hmac.secret];
  const text = filled(hmac.text, call, TOKEN);
  if (!secret || text === null) return null;
  const key = Buffer.from(secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret, hmac.secretEncoding);
  return key.length === 0 ? null : createHmac(hmac.hash, key).update(text).digest(hmac.encoding);
}

function fits({ method, when }: Declared, call: InboundCall, secrets: Secrets): boolean {
  if (method !== undefined && (isGet(call) ? "GET" : call.method) !== method) return false;
  return when.every(({ equals, ...spot }) => {
    const found = spotText(call, spot);
    if (found === null) return false;
    if (equals === "{secret}") return secrets.endpoint !== null && secrets.endpoint !== "" && safeEqual(found, secrets.endpoint);
    return equals === undefined || found === equals;
  });
}

/** The declared answer to this call; null when it is not such a call, or cannot be answered. */
export function answerOf(declared: Declared, call: InboundCall, secrets: Secrets): Answer | null {
  if (!fits(declared, call, secrets)) return null;
  const hmac = signed(declared, call, secrets);
  if (hmac === null) return null;
  const { httpStatus: status, text, json, headers } = declared.reply;
  const fill = (template: string) => filled(template, call, CHALLENGE, hmac);
  const all = (texts: Record<string, string>) => Object.entries(texts).map(([name, template]) => [name, fill(template)] as const);
  const [members, fields, plain] = [all(json ?? {}), all(headers ?? {}), text === undefined ? "" : fill(text)];
  if (plain === null || [...members, ...fields].some(([, value]) => value === null)) return null;
  return {
    status,
    contentType: json ? "application/json" : "text/plain; charset=utf-8",
    body: json ? JSON.stringify(Object.fromEntries(members)) : plain,
    ...(headers ? { headers: Object.fromEntries(fields) as Record<string, string> } : {}),
  };
}
