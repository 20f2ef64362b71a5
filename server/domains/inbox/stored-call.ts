import { isUtf8 } from "node:buffer";
import type { Sealed, Vault } from "#server/lib/vault";
import type { InboundCall } from "#server/runtime/webhooks/call";
import type { EventSpot, Webhooks } from "#server/runtime/webhooks/scheme";

/** What a stored call is bound to. */
export type CallPlace = { environmentId: string; customerId: string | null; endpointId: string; eventKey: string };

const contextOf = (place: CallPlace) => ({
  environmentId: place.environmentId,
  customerId: place.customerId ?? "",
  ownerId: place.endpointId,
  field: `call:${place.eventKey}`,
  version: 1,
});

type Head = { method: string; url: string; headers: Record<string, string>; base64?: true };

/** The headers by which events are told apart; nothing else of a call's headers is kept. */
function headersOf(webhooks: Webhooks, call: InboundCall): Record<string, string> {
  const { topic, id, account } = webhooks.events;
  const spots = [topic, id, account].filter((spot): spot is EventSpot => spot?.in === "header");
  const names = ["content-type", ...spots.map((spot) => spot.name.toLowerCase())];
  return Object.fromEntries(names.flatMap((name) => (call.header(name) === null ? [] : [[name, call.header(name) ?? ""]])));
}

/** A call as it is kept: one line about it, then its body byte for byte, sealed. */
export function sealCall(vault: Vault, place: CallPlace, webhooks: Webhooks, call: InboundCall): Sealed {
  const head: Head = { method: call.method, url: call.url, headers: headersOf(webhooks, call) };
  const text = isUtf8(call.raw);
  if (!text) head.base64 = true;
  return vault.seal(`${JSON.stringify(head)}\n${call.raw.toString(text ? "utf8" : "base64")}`, contextOf(place));
}

/** {@link sealCall} undone. Throws when the content was moved to another row, or touched. */
export function openCall(vault: Vault, place: CallPlace, sealed: Sealed): InboundCall {
  const text = vault.open(sealed, contextOf(place));
  const end = text.indexOf("\n");
  const head = JSON.parse(text.slice(0, end)) as Head;
  return {
    method: head.method,
    url: head.url,
    query: new URL(head.url).searchParams,
    header: (name) => (Object.hasOwn(head.headers, name) ? (head.headers[name] ?? null) : null),
    raw: Buffer.from(text.slice(end + 1), head.base64 ? "base64" : "utf8"),
  };
}
