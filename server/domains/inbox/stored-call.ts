import { isUtf8 } from "node:buffer";
import type { Sealed, Vault } from "#server/lib/vault";
import { formOf, type InboundCall } from "#server/runtime/webhooks/call";
import type { Webhooks } from "#server/runtime/webhooks/scheme";

/** What a stored call is bound to. */
export type CallPlace = { environmentId: string; customerId: string | null; endpointId: string; eventKey: string };

const contextOf = (place: CallPlace) => ({
  environmentId: place.environmentId,
  customerId: place.customerId ?? "",
  ownerId: place.endpointId,
  field: `call:${place.eventKey}`,
  version: 1,
});

/** What is kept of a call beside its body. */
type Head = { query?: string; headers?: Record<string, string>; base64?: true };

/** The headers by which events are told apart; nothing else of a call's headers is kept. */
function headersOf(webhooks: Webhooks, call: InboundCall): Record<string, string> | undefined {
  const { topic, id, account } = webhooks.events;
  const names = [topic, id, account].flatMap((spot) => (spot?.in === "header" ? [spot.name.toLowerCase()] : []));
  if (formOf(call)) names.push("content-type");
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.flatMap((name) => (call.header(name) === null ? [] : [[name, call.header(name) ?? ""]])));
}

/** A call as it is kept: one line about it, then its body byte for byte, sealed. */
export function sealCall(vault: Vault, place: CallPlace, webhooks: Webhooks, call: InboundCall): Sealed {
  const text = isUtf8(call.raw);
  const query = call.query.toString();
  const headers = headersOf(webhooks, call);
  const head: Head = { ...(query ? { query } : {}), ...(headers ? { headers } : {}), ...(text ? {} : { base64: true as const }) };
  return vault.seal(`${JSON.stringify(head)}\n${call.raw.toString(text ? "utf8" : "base64")}`, contextOf(place));
}

/** The part of a stored call that events are read from. Throws when the content was moved to another row, or touched. */
export function openCall(vault: Vault, place: CallPlace, sealed: Sealed): InboundCall {
  const text = vault.open(sealed, contextOf(place));
  const end = text.indexOf("\n");
  const { query = "", headers = {}, base64 } = JSON.parse(text.slice(0, end)) as Head;
  return {
    method: "POST",
    url: "",
    query: new URLSearchParams(query),
    header: (name) => (Object.hasOwn(headers, name) ? (headers[name] ?? null) : null),
    raw: Buffer.from(text.slice(end + 1), base64 ? "base64" : "utf8"),
  };
}
