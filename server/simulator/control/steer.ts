import { z } from "zod";
import { BadRequest, type Exchange, readJson, sendJson } from "../exchange";
import { PORTALS } from "../hubspot/portals";
import { projectionOf, toPieces } from "../hubspot/render";
import { accountOf, DEMO_KEY } from "../sandbox/accounts";
import { isSandboxKind, toPieces as toSandboxPieces } from "../sandbox/render";
import type { Simulation } from "../simulation";
import { OBJECT_KINDS } from "../world/object-kind";
import type { CollectionKey, Service } from "../world/world";
import { defaultControls, type Fault } from "./state";
import { emptyStats } from "./stats";

const fault = z.strictObject({
  kind: z
    .enum(["status", "html200", "hang", "reset", "truncate", "empty", "cursor_loop", "invalid_grant", "invalid_grant_next"])
    .default("status"),
  /** Part of the path that is struck; by default the record endpoints, for `invalid_grant` the token endpoint. */
  match: z.string().optional(),
  method: z.string().toUpperCase().optional(),
  /** The request is carried out first: a write is done, and its answer lost. */
  after: z.boolean().default(false),
  status: z.number().int().min(100).max(599).default(503),
  retryAfter: z.union([z.string(), z.number()]).optional(),
  count: z.number().int().min(1).optional(),
  everyNth: z.number().int().min(1).default(1),
});

const command = z.strictObject({
  /** Forgets changes, sizes, faults and settings; connected apps stay connected. */
  reset: z.boolean().optional(),
  resetStats: z.boolean().optional(),
  /** Removes the app from every account: all tokens are void. */
  revokeAll: z.boolean().optional(),
  /** Which records `records`, `change` and `warm` mean. */
  service: z.enum(["hubspot", "sandbox-crm"]).optional(),
  portal: z.string().optional(),
  account: z.string().optional(),
  key: z.string().optional(),
  object: z.enum(OBJECT_KINDS).default("contacts"),
  records: z.number().int().min(0).max(2_000_000).optional(),
  warm: z.union([z.boolean(), z.array(z.string())]).optional(),
  change: z
    .strictObject({
      percent: z.number().min(0).max(100).optional(),
      count: z.number().int().min(0).optional(),
      ids: z.array(z.string()).optional(),
    })
    .optional(),
  /** HubSpot: properties that go by another name from now on, by the one they had; `{}` for none. Forgotten at a restart. */
  renamed: z.record(z.string(), z.string().regex(/^[a-z][a-z0-9_]*$/)).optional(),
  /** HubSpot: so many made-up properties of the account's own, `own_field_1` and on, in all records. Forgotten at a restart. */
  ownFields: z.number().int().min(0).max(9_999).optional(),
  latencyMs: z.number().min(0).max(600_000).optional(),
  clockAheadMs: z.number().int().min(-86_400_000).max(86_400_000).optional(),
  accessTokenTtlSeconds: z.number().int().min(1).max(86_400).optional(),
  ratePer10s: z.number().int().min(0).optional(),
  withholdScopes: z.array(z.string()).optional(),
  isolateOpener: z.boolean().optional(),
  /** One fault, several, or null for none. They replace those scripted before. */
  fail: z.union([fault, z.array(fault), z.null()]).optional(),
});
type Command = z.infer<typeof command>;

/** `POST /_control`: carries out everything the body names and answers the resulting settings. */
export async function steer(sim: Simulation, x: Exchange): Promise<void> {
  let body: unknown;
  try {
    body = await readJson(x);
  } catch (error) {
    if (error instanceof BadRequest) return sendJson(x, 400, { error: error.message });
    throw error;
  }
  const parsed = command.safeParse(body);
  if (!parsed.success) return sendJson(x, 400, { error: z.prettifyError(parsed.error) });
  const wanted = parsed.data;
  if (wanted.reset) {
    sim.world.reset();
    Object.assign(sim.controls, defaultControls());
    sim.windows.clear();
    sim.made.clear();
  }
  if (wanted.resetStats || wanted.reset) Object.assign(sim.stats, emptyStats());
  if (wanted.revokeAll) sim.tokens.clear();
  for (const name of ["latencyMs", "clockAheadMs", "accessTokenTtlSeconds", "ratePer10s", "withholdScopes", "isolateOpener"] as const) {
    if (wanted[name] !== undefined) Object.assign(sim.controls, { [name]: wanted[name] });
  }
  sim.world.setClock(sim.controls.clockAheadMs);
  const changed = changeRecords(sim, wanted);
  reshape(sim, wanted);
  if (wanted.fail !== undefined) sim.controls.faults = [wanted.fail ?? []].flat().map(toFault);
  sendJson(x, 200, { ...sim.controls, changed });
}

function reshape(sim: Simulation, wanted: Command): void {
  const { renamed, ownFields } = wanted;
  if (!renamed && ownFields === undefined) return;
  for (const key of targets(sim, wanted)) {
    const collection = sim.world.collection(key);
    if (renamed) collection.renamed = new Map(Object.entries(renamed));
    if (ownFields !== undefined) collection.ownFields = ownFields;
  }
}

function toFault(input: z.infer<typeof fault>): Fault {
  const kind = input.kind === "invalid_grant_next" ? "invalid_grant" : input.kind;
  return {
    kind,
    match: input.match ?? (kind === "invalid_grant" ? "/oauth/v1/token" : null),
    method: input.method ?? null,
    after: input.after,
    status: input.status,
    retryAfter: input.retryAfter === undefined ? null : String(input.retryAfter),
    everyNth: input.everyNth,
    left: input.count ?? (input.everyNth > 1 ? Number.MAX_SAFE_INTEGER : 1),
    seen: 0,
  };
}

/** Collections a command means: the named account of a service, or all accounts of the named services. */
function targets(sim: Simulation, wanted: Command): CollectionKey[] {
  const services = wanted.service ? [wanted.service] : (["hubspot", "sandbox-crm"] as const);
  return services
    .filter((service) => service === "hubspot" || isSandboxKind(wanted.object))
    .flatMap((service) => accountsOf(sim, wanted, service).map((account) => ({ service, account, object: wanted.object })));
}

function accountsOf(sim: Simulation, wanted: Command, service: Service): string[] {
  const named = service === "hubspot" ? wanted.portal : accountOf(wanted.key)?.id;
  const account = named ?? wanted.account;
  if (account !== undefined) return [account];
  const own = service === "hubspot" ? PORTALS.map((portal) => portal.id) : [accountOf(DEMO_KEY)?.id ?? ""];
  return [...new Set([...own, ...sim.world.accounts(service)])];
}

/** Resizes, changes and pre-renders records. Returns how many were changed. */
function changeRecords(sim: Simulation, wanted: Command): number {
  if (wanted.records === undefined && !wanted.change && !wanted.warm) return 0;
  let changed = 0;
  for (const key of targets(sim, wanted)) {
    if (wanted.records !== undefined) sim.world.change(key, { op: "size", count: wanted.records });
    if (wanted.change) changed += applyChange(sim, key, wanted.change);
    if (wanted.warm) warm(sim, key, Array.isArray(wanted.warm) ? wanted.warm : []);
  }
  return changed;
}

function applyChange(sim: Simulation, key: CollectionKey, change: NonNullable<Command["change"]>): number {
  const at = sim.world.now();
  const collection = sim.world.collection(key);
  const ids = change.ids?.map((id) => id.replace(/^\D+0*/, ""));
  const count = ids?.length ?? change.count ?? Math.round((collection.size() * (change.percent ?? 0)) / 100);
  sim.world.change(key, ids ? { op: "change", at, ids } : { op: "change", at, count });
  collection.timeline.order(); // sorted in now, so that a measured reader does not wait for it
  return count;
}

/** Renders every record now, so that a measurement does not pay for it. `properties` as the reader will ask for them (HubSpot). */
function warm(sim: Simulation, key: CollectionKey, properties: readonly string[]): void {
  const collection = sim.world.collection(key);
  const order = collection.timeline.order();
  if (key.service === "sandbox-crm" && isSandboxKind(key.object)) toSandboxPieces(key.object, collection, order);
  else toPieces(collection, key.object, Uint32Array.from(order).sort(), projectionOf(key.object, properties));
}
