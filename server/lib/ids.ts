import { createHash, randomBytes } from "node:crypto";

/** The one map of public id prefixes. A noun that is not here has no public id. */
export const ID_PREFIX = {
  vendor: "ven",
  environment: "env",
  member: "mem",
  customer: "cus",
  integration: "int",
  model: "mod",
  template: "tpl",
  connection: "con",
  installation: "ins",
  stream: "str",
  mapping: "map",
  run: "run",
  event: "evt",
  apiKey: "key",
  embedSession: "ems",
  embedKey: "emk",
  authorization: "aut",
  connectLink: "lnk",
  claim: "clm",
  credential: "crd",
  endpoint: "whe",
  delivery: "dlv",
  user: "usr",
  quarantine: "qua",
  inbound: "inb",
  actionCall: "acl",
  trial: "trl",
  drift: "dft",
  rollout: "rol",
  auditEntry: "aud",
  write: "wrt",
  conflict: "cfl",
} as const;

export type IdKind = keyof typeof ID_PREFIX;

declare const brand: unique symbol;
/** A branded id: a `cus_…` cannot be passed where a `ven_…` is asked for. */
export type Id<K extends IdKind> = string & { readonly [brand]: K };

export type VendorId = Id<"vendor">;
export type EnvironmentId = Id<"environment">;
export type MemberId = Id<"member">;
export type CustomerId = Id<"customer">;
export type IntegrationId = Id<"integration">;
export type ModelId = Id<"model">;
export type TemplateId = Id<"template">;
export type ConnectionId = Id<"connection">;
export type InstallationId = Id<"installation">;
export type StreamId = Id<"stream">;
export type MappingId = Id<"mapping">;
export type RunId = Id<"run">;
export type EventId = Id<"event">;
export type ApiKeyId = Id<"apiKey">;
export type EmbedSessionId = Id<"embedSession">;
export type EmbedKeyId = Id<"embedKey">;
export type AuthorizationId = Id<"authorization">;
export type ConnectLinkId = Id<"connectLink">;
export type ClaimId = Id<"claim">;
export type CredentialId = Id<"credential">;
export type EndpointId = Id<"endpoint">;
export type DeliveryId = Id<"delivery">;
export type InboundId = Id<"inbound">;
export type ActionCallId = Id<"actionCall">;
export type TrialId = Id<"trial">;
export type DriftId = Id<"drift">;
export type RolloutId = Id<"rollout">;
export type WriteId = Id<"write">;
export type ConflictId = Id<"conflict">;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford base 32: sorts like its value, no i l o u

/**
 * A new id: prefix, ten characters of time (ms), ten of chance (50 bits). Ids of one kind sort by creation,
 * which keeps index pages warm. Not a secret: whatever must not be guessed has a token of its own.
 */
export function newId<K extends IdKind>(kind: K, nowMs = Date.now()): Id<K> {
  let time = "";
  for (let rest = nowMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  let chance = "";
  for (const byte of randomBytes(10)) chance += ALPHABET[byte & 31];
  return `${ID_PREFIX[kind]}_${time}${chance}` as Id<K>;
}

/** The id of something that exists once for `name`: the same each time, and before all that {@link newId} makes. */
export function fixedId<K extends IdKind>(kind: K, name: string): Id<K> {
  let chance = "";
  for (const byte of createHash("sha256").update(name).digest().subarray(0, 10)) chance += ALPHABET[byte & 31];
  return `${ID_PREFIX[kind]}_${"0".repeat(10)}${chance}` as Id<K>;
}

/** True when `value` has the shape of an id of that kind. Says nothing about its existence. */
export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<K> {
  return typeof value === "string" && value.length === ID_PREFIX[kind].length + 21 && value.startsWith(`${ID_PREFIX[kind]}_`);
}

/**
 * A record's public id, made of its stream and its id at the source: stable over resets, and nothing has to be
 * stored or indexed for it.
 */
export function recordId(streamId: string, externalId: string): string {
  return `rec_${streamId.slice(4)}_${Buffer.from(externalId).toString("base64url")}`;
}

/** The parts of a record id, or null when it is not one. */
export function parseRecordId(id: string): { streamId: StreamId; externalId: string } | null {
  const match = /^rec_([0-9a-z]{20})_([A-Za-z0-9_-]+)$/.exec(id);
  if (!match?.[1] || !match[2]) return null;
  return { streamId: `str_${match[1]}` as StreamId, externalId: Buffer.from(match[2], "base64url").toString() };
}
