import { createHash } from "node:crypto";
import { AppError } from "#server/lib/errors";
import type { Manifest } from "../manifest";
import type { Place } from "../paging/schema";
import { at, put } from "../paths";
import type { Protocol } from "../protocols/schema";
import { specOf } from "../read-plan";
import { idValue, type RecordId } from "../record-id";
import type { Outgoing } from "../send";
import { invalidData, issuesOf } from "./check-data";
import { fillBody, fillCall, type Given } from "./fill";
import type { Also, Batch, Call, Guard, NewId, Once, One, Refused, Writes } from "./schema";

export type Operation = "create" | "update" | "upsert" | "delete";
export const OPERATIONS: readonly Operation[] = ["create", "update", "upsert", "delete"];

/** A record to be written. `data` is by the names of the object's writable fields. */
export type WriteItem = {
  id?: string;
  data?: Record<string, unknown>;
  /** What the record's version was when it was read: the write is refused when it has changed since. */
  version?: string;
  /** Names this one wish for good, whatever number of attempts it takes. */
  key: string;
  /** An earlier attempt may have been done. */
  again?: boolean;
  /** When the first attempt was made, epoch ms; third parties forget keys. */
  firstAtMs?: number;
};

/** All that is known of one way to write. */
export type WritePlan = {
  name: string;
  operation: Operation;
  writes: Writes;
  protocol: Protocol;
  one: One | null;
  request: Call;
  batch: Batch | null;
  id: NewId | undefined;
  /** What tells the object's records apart. */
  where: RecordId;
  record: string | undefined;
  also: Also[];
  refused: Refused | undefined;
  once: Once | null;
  guard: Guard | null;
  created: { path: string; equals: string | number | boolean } | null;
  upsertKey: string | null;
  /** Of an action: the names of its input, which fill the holes; what it answers is its result. Null for a write. */
  inputs: readonly string[] | null;
  config: Readonly<Record<string, string>>;
};

/** What a manifest says about one operation on one object. Throws `invalid` when it says nothing. */
export function planWrite(
  manifest: Manifest,
  object: string,
  operation: Operation,
  config: Readonly<Record<string, string>> = {},
): WritePlan {
  const spec = specOf(manifest, object);
  const write = spec.writes?.[operation];
  if (!spec.writes || !write) {
    const can = OPERATIONS.filter((one) => spec.writes?.[one]);
    const message = `${manifest.name} cannot ${operation} "${object}"${can.length > 0 ? `; it can ${can.join(", ")}` : ""}.`;
    throw new AppError("invalid", message, { details: { issues: [{ path: "operation", message }] } });
  }
  const { request, batch, record, also, refused } = write;
  return {
    name: manifest.name,
    operation,
    writes: spec.writes,
    protocol: spec.protocol ?? manifest.http.protocol,
    one: spec.one ?? null,
    request,
    batch: batch ?? null,
    id: "id" in write ? write.id : undefined,
    where: spec.id,
    record,
    also,
    refused,
    once: ("once" in write ? write.once : undefined) ?? null,
    guard: ("guard" in write ? write.guard : undefined) ?? null,
    created: ("created" in write ? write.created : undefined) ?? null,
    upsertKey: "key" in write ? write.key : null,
    inputs: null,
    config,
  };
}

function without(data: Record<string, unknown>, path: string): Record<string, unknown> {
  const rest = structuredClone(data);
  const names = path.split(/(?<!\\)\./).map((name) => name.replaceAll("\\.", "."));
  const last = names.pop() ?? "";
  const holder = names.reduce<unknown>((here, name) => (here as Record<string, unknown> | undefined)?.[name], rest);
  if (typeof holder === "object" && holder !== null) delete (holder as Record<string, unknown>)[last];
  return rest;
}

/** What the holes of a write, or of an action, are filled with. */
export function givenOf(
  { upsertKey, inputs, config, where }: WritePlan,
  { id: named, data, version, key: once }: WriteItem,
  ref = "1",
): Given {
  if (inputs) return { values: { ...Object.fromEntries(inputs.map((name) => [name, data?.[name]])), once }, config };
  const id = named === undefined ? undefined : idValue(where, named);
  const key = upsertKey === null ? undefined : at(data, upsertKey);
  const rest = upsertKey === null || !data ? undefined : without(data, upsertKey);
  return { values: { id, data, version, key, rest, ref, once }, config };
}

/** Throws `invalid`, by field, for what cannot be sent. */
export function checkItem({ operation, writes, upsertKey, guard }: WritePlan, { id, data, version }: WriteItem): void {
  const byId = operation === "update" || operation === "delete";
  if (byId && !id) throw invalidData([{ path: "id", message: `is needed to ${operation} a record` }]);
  if (version !== undefined && !guard) throw invalidData([{ path: "version", message: "cannot be checked here" }]);
  if (operation === "delete") return;
  if (!data || Object.keys(data).length === 0) throw invalidData([{ path: "data", message: "is missing" }]);
  const issues = issuesOf(writes.fields, data, { creating: operation !== "update", open: writes.open });
  if (upsertKey !== null && (at(data, upsertKey) ?? "") === "")
    issues.push({ path: upsertKey, message: "is the key by which the record is found" });
  const fault = invalidData(issues);
  if (fault) throw fault;
}

/** Puts a value at its place in a request. */
export function placeValue(request: Outgoing, { in: where, name, template }: Place, given: string): Outgoing {
  const value = template === undefined ? given : template.replaceAll("{value}", () => given);
  if (where === "query") return { ...request, query: { ...request.query, [name]: value } };
  if (where === "header") return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } };
  const body = structuredClone(request.body ?? {}) as Record<string, unknown>;
  put(body, name, value);
  return { ...request, body };
}

const placed = (plan: WritePlan, request: Outgoing, key: string, version: string | undefined): Outgoing => {
  const keyed = plan.once?.by === "key" ? placeValue(request, plan.once.place, key) : request;
  return plan.guard && version !== undefined ? placeValue(keyed, plan.guard.place, version) : keyed;
};

/** The request that writes one record. */
export function requestForOne(plan: WritePlan, item: WriteItem): Outgoing {
  const request = fillCall(plan.request, givenOf(plan, item), plan.protocol);
  return { ...placed(plan, request, item.key, item.version), write: true, ends: plan.also };
}

/** Whether each record of a batch brings its own key along. */
export const carriesKeys = (batch: Batch): boolean => JSON.stringify(batch.item).includes("{once}");

/** Whether the third party knows a batch by one key for all of it. */
export const keyedWhole = (plan: WritePlan, batch: Batch): boolean => plan.once?.by === "key" && !carriesKeys(batch);

/** That key: the same for the same records in the same order. */
const batchKey = (items: readonly WriteItem[]): string =>
  createHash("sha256")
    .update(items.map((item) => item.key).join("\n"))
    .digest("hex")
    .slice(0, 32);

/** The request that writes many, and what stands in it for each. */
export function requestForMany(plan: WritePlan, batch: Batch, items: readonly WriteItem[]): { request: Outgoing; entries: unknown[] } {
  const protocol = batch.request.protocol ?? plan.protocol;
  const entries = items.map((item, n) => fillBody(batch.item, givenOf(plan, item, String(n + 1)), protocol));
  const request = fillCall(batch.request, { values: { items: entries }, config: plan.config }, plan.protocol);
  const keyed = keyedWhole(plan, batch) ? placed(plan, request, batchKey(items), undefined) : request;
  return { request: { ...keyed, write: true }, entries };
}
