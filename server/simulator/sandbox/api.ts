import { BadRequest, type Exchange, readJson, sendJson, sendNothing } from "../exchange";
import { takeFromWindow } from "../limits";
import type { Simulation } from "../simulation";
import type { CollectionKey } from "../world/world";
import { accountOf, type SandboxAccount } from "./accounts";
import { cursorList, linkedList, pagedList } from "./lists";
import { sendError, sendInvalid } from "./problems";
import { fromId, isSandboxKind, type SandboxKind, toRecord } from "./render";
import { writable, writeBatch } from "./write";

/** Everything under `/api.sandbox-crm.example`: an API in a shape of its own, opened by an API key. */
export async function sandboxApi(sim: Simulation, x: Exchange): Promise<void> {
  const header = x.req.headers["x-api-key"];
  const account = accountOf(typeof header === "string" ? header : undefined);
  if (!account) return sendError(x, 401, "unauthorized", "Send a valid API key in the X-Api-Key header.");
  const { retryAfter } = takeFromWindow(sim, `sandbox-crm/${account.id}`);
  if (retryAfter !== null) return sendError(x, 429, "rate_limited", "Too many requests.", { "retry-after": String(retryAfter) });
  try {
    await route(sim, x, account);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    sendInvalid(x, error.message);
  }
}

async function route(sim: Simulation, x: Exchange, account: SandboxAccount): Promise<void> {
  if (x.path === "/v1/me" && x.method === "GET") return sendJson(x, 200, account);
  const match = /^\/v1\/(?:(paged|linked)\/)?(\w+)(?:\/(\w+))?$/.exec(x.path);
  const object = match?.[2] ?? "";
  if (!match || !isSandboxKind(object)) return sendError(x, 404, "not_found", "There is nothing at this address.");
  const key: CollectionKey = { service: "sandbox-crm", account: account.id, object };
  if (match[3] === "batch") return writeBatch(sim, x, key, object);
  if (match[3] !== undefined) return oneRecord(sim, x, key, object, match[3]);
  if (x.method === "POST" && match[1] === undefined) return createRecord(sim, x, key, object);
  if (x.method !== "GET") return sendError(x, 405, "method_not_allowed", "This method is not supported here.");
  const list = match[1] === "paged" ? pagedList : match[1] === "linked" ? linkedList : cursorList;
  sim.stats.records += list(x, sim.world.collection(key), object);
}

/** A repeat under a key answers as the first time. */
async function createRecord(sim: Simulation, x: Exchange, key: CollectionKey, kind: SandboxKind): Promise<void> {
  const set = writable(kind, await readJson(x));
  const given = x.req.headers["idempotency-key"];
  const name = typeof given === "string" ? `${key.account}/${kind}/${given}` : null;
  const slot = (name === null ? undefined : sim.made.get(name)) ?? sim.world.change(key, { op: "create", at: sim.world.now(), set });
  if (name !== null) sim.made.set(name, slot);
  sendJson(x, 201, toRecord(kind, sim.world.collection(key), slot));
}

async function oneRecord(sim: Simulation, x: Exchange, key: CollectionKey, kind: SandboxKind, id: string): Promise<void> {
  const collection = sim.world.collection(key);
  const slot = fromId(kind, collection, id);
  if (slot === null || collection.isArchived(slot)) return sendError(x, 404, "not_found", "There is no such record.");
  switch (x.method) {
    case "GET":
      return sendJson(x, 200, toRecord(kind, collection, slot));
    case "PATCH":
      if (isStale(x, toRecord(kind, collection, slot))) return sendError(x, 412, "changed", "The record has changed since it was read.");
      sim.world.change(key, { op: "set", id: collection.id(slot), at: sim.world.now(), set: writable(kind, await readJson(x)) });
      return sendJson(x, 200, toRecord(kind, collection, slot));
    case "DELETE":
      sim.world.change(key, { op: "archive", id: collection.id(slot), at: sim.world.now() });
      return sendNothing(x);
    default:
      return sendError(x, 405, "method_not_allowed", "This method is not supported here.");
  }
}

/** `If-Match` names the `updated_at` that the writer knows. */
function isStale(x: Exchange, record: Record<string, unknown>): boolean {
  const known = x.req.headers["if-match"];
  return known !== undefined && known !== record["updated_at"];
}
