import { createHash } from "node:crypto";
import { safeEqual } from "#server/lib/tokens";
import { textAt } from "../paths";
import { type Answer, answerOf, CHALLENGE, type Secrets } from "./answer";
import { bodyOf, formOf, type InboundCall } from "./call";
import type { Handshake } from "./scheme";

const plain = (body: string): Answer => ({ status: 200, contentType: "text/plain; charset=utf-8", body });

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

function unsigned(handshake: Handshake, call: InboundCall, secrets: Secrets): Answer | null {
  const secret = secrets.endpoint;
  switch (handshake.type) {
    case "get_ok":
      return isGet(call) ? plain("") : null;
    case "echo_query":
      return isGet(call) && secret ? echoQuery(handshake, call, secret) : null;
    case "hash_query":
      return isGet(call) && secret ? hashQuery(handshake, call, secret) : null;
    case "form_ping":
      return formPing(handshake, call);
    case "answer":
      return handshake.verified ? null : answerOf(handshake, call, secrets);
    case "echo_body":
      return null;
  }
}

/** Answers what is asked before anything is signed; null = go on. */
export function greet(handshakes: readonly Handshake[], call: InboundCall, secrets: Secrets): Answer | null {
  for (const handshake of handshakes) {
    const answer = unsigned(handshake, call, secrets);
    if (answer) return answer;
  }
  return null;
}

/** Answers what is asked in a call that has been verified; null = it is an ordinary one. */
export function greetVerified(handshakes: readonly Handshake[], call: InboundCall, secrets: Secrets): Answer | null {
  for (const handshake of handshakes) {
    const answer = handshake.type === "answer" && handshake.verified ? answerOf(handshake, call, secrets) : null;
    if (answer) return answer;
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
