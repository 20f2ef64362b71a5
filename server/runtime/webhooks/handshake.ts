import { createHash } from "node:crypto";
import { safeEqual } from "#server/lib/tokens";
import { textAt } from "../paths";
import { bodyOf, formOf, type InboundCall } from "./call";
import type { Handshake } from "./scheme";

/** An answer that settles a call without storing it. Never HTML: a challenge is the caller's own text. */
export type Answer = { status: number; contentType: "text/plain; charset=utf-8" | "application/json"; body: string };

const plain = (body: string): Answer => ({ status: 200, contentType: "text/plain; charset=utf-8", body });
const CHALLENGE = /^[\x20-\x7e]{1,1000}$/;

const isGet = (call: InboundCall) => call.method === "GET" || call.method === "HEAD";

type Kind<T extends Handshake["type"]> = Extract<Handshake, { type: T }>;

function echoQuery(handshake: Kind<"echo_query">, call: InboundCall, secret: string): Answer | null {
  const challenge = call.query.get(handshake.challenge);
  const token = call.query.get(handshake.token);
  return challenge !== null && token !== null && CHALLENGE.test(challenge) && safeEqual(token, secret) ? plain(challenge) : null;
}

function hashQuery(handshake: Kind<"hash_query">, call: InboundCall, secret: string): Answer | null {
  const challenge = call.query.get(handshake.challenge);
  if (challenge === null || !CHALLENGE.test(challenge)) return null;
  const parts: Record<string, string> = { challenge, secret, url: call.url.split("?", 1)[0] ?? "" };
  const text = handshake.text.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? "");
  const digest = createHash(handshake.hash).update(text).digest(handshake.encoding);
  return { status: 200, contentType: "application/json", body: JSON.stringify({ [handshake.answer]: digest }) };
}

function formPing(handshake: Kind<"form_ping">, call: InboundCall): Answer | null {
  if (call.method !== "POST" || call.raw.length > 200) return null;
  const pairs = [...(formOf(call) ?? [])];
  return pairs.length === 1 && pairs[0]?.[0] === handshake.field && /^\d{1,20}$/.test(pairs[0][1]) ? plain("") : null;
}

function unsigned(handshake: Handshake, call: InboundCall, secret: string | null): Answer | null {
  switch (handshake.type) {
    case "get_ok":
      return isGet(call) ? plain("") : null;
    case "echo_query":
      return isGet(call) && secret ? echoQuery(handshake, call, secret) : null;
    case "hash_query":
      return isGet(call) && secret ? hashQuery(handshake, call, secret) : null;
    case "form_ping":
      return formPing(handshake, call);
    case "echo_body":
      return null;
  }
}

/** Answers what is asked before anything is signed; null = go on. `secret` is the endpoint's own. */
export function greet(handshakes: readonly Handshake[], call: InboundCall, secret: string | null): Answer | null {
  for (const handshake of handshakes) {
    const answer = unsigned(handshake, call, secret);
    if (answer) return answer;
  }
  return null;
}

/** Answers what is asked in a call that has been verified; null = it is an ordinary one. */
export function greetVerified(handshakes: readonly Handshake[], call: InboundCall): Answer | null {
  for (const handshake of handshakes) {
    if (handshake.type !== "echo_body") continue;
    try {
      const body = bodyOf(call);
      const challenge = textAt(body, handshake.challenge);
      if (textAt(body, handshake.when.path) === handshake.when.equals && challenge !== null && CHALLENGE.test(challenge))
        return plain(challenge);
    } catch {
      return null; // not readable, so not a challenge; the inbox keeps it with its error
    }
  }
  return null;
}
