import { BadRequest, type Exchange, sendJson, sendNothing } from "../exchange";
import type { Simulation } from "../simulation";
import { OBJECT_KINDS, type ObjectKind } from "../world/object-kind";
import type { CollectionKey } from "../world/world";
import { authorise } from "./access";
import { BATCHES, writeBatch } from "./batches";
import { describeField, FIELDS, ownFields, underItsName } from "./fields";
import { listObjects } from "./list";
import { type Portal, portalById } from "./portals";
import { sendInvalid, sendMissing, sendProblem } from "./problems";
import { archiveObject, createObject, readBatch, readObject, updateObject } from "./records";
import { searchObjects } from "./search";

/** Everything under `/api.hubapi.com` but the token endpoint, which is oidc-provider's. */
export async function hubspotApi(sim: Simulation, x: Exchange): Promise<void> {
  try {
    const object = /^\/crm\/v3\/objects\/(\w+)(?:\/([\w-]+)(?:\/(\w+))?)?\/?$/.exec(x.path);
    const kind = OBJECT_KINDS.find((known) => known === object?.[1]);
    if (kind) return await objects(sim, x, kind, [object?.[2], object?.[3]].filter(Boolean).join("/"));
    return other(sim, x);
  } catch (error) {
    if (error instanceof BadRequest) return sendInvalid(x, error.message);
    throw error;
  }
}

/** Paths under one object; `rest` is "", an id, "search" or "batch/…". */
async function objects(sim: Simulation, x: Exchange, kind: ObjectKind, rest: string): Promise<void> {
  const reads = x.method === "GET" || rest === "search" || rest === "batch/read";
  const portal = authorise(sim, x, [`crm.objects.${kind}.${reads ? "read" : "write"}`]);
  if (!portal) return;
  const key: CollectionKey = { service: "hubspot", account: portal.id, object: kind };
  const batch = BATCHES.find((each) => rest === `batch/${each}`);
  if (batch && x.method === "POST") return writeBatch(sim, x, key, batch);
  switch (`${x.method} ${rest === "" || rest === "search" || rest === "batch/read" ? rest : "{id}"}`) {
    case "GET ":
      sim.stats.records += listObjects(x, sim.world.collection(key), kind);
      return;
    case "POST search":
      sim.stats.records += await searchObjects(x, sim.world.collection(key), kind);
      return;
    case "POST batch/read":
      return readBatch(sim, x, key);
    case "POST ":
      return createObject(sim, x, key);
    case "GET {id}":
      return readObject(sim, x, key, rest);
    case "PATCH {id}":
      return updateObject(sim, x, key, rest);
    case "DELETE {id}":
      return archiveObject(sim, x, key, rest);
    default:
      return sendProblem(x, 405, "METHOD_NOT_ALLOWED", "HTTP 405 Method Not Allowed");
  }
}

function other(sim: Simulation, x: Exchange): void {
  const token = /^\/oauth\/v1\/(access|refresh)-tokens\/([^/]+)$/.exec(x.path);
  if (token) {
    tokenInfo(sim, x, token[1] as "access" | "refresh", token[2] as string);
    return;
  }
  const properties = /^\/crm\/v3\/properties\/(\w+)$/.exec(x.path);
  const kind = OBJECT_KINDS.find((known) => known === properties?.[1]);
  if (x.method === "GET" && kind) {
    const portal = authorise(sim, x, [`crm.objects.${kind}.read`, `crm.schemas.${kind}.read`]);
    if (!portal) return;
    const { renamed, ownFields: own } = sim.world.collection({ service: "hubspot", account: portal.id, object: kind });
    sendJson(x, 200, { results: [...FIELDS[kind], ...ownFields(own)].map((field) => describeField(underItsName(field, renamed), kind)) });
    return;
  }
  if (x.method === "GET" && x.path === "/account-info/v3/details") {
    const portal = authorise(sim, x, ["oauth"]);
    if (portal) sendJson(x, 200, accountDetails(portal));
    return;
  }
  sendMissing(x);
}

function accountDetails(portal: Portal): Record<string, unknown> {
  return {
    portalId: Number(portal.id),
    accountType: "STANDARD",
    timeZone: "Europe/Berlin",
    companyCurrency: "EUR",
    additionalCurrencies: [],
    utcOffset: "+01:00",
    utcOffsetMilliseconds: 3_600_000,
    uiDomain: "app.hubspot.com",
    dataHostingLocation: "eu1",
  };
}

/** What a token stands for; holding it is the proof, as in the real API. DELETE of a refresh token takes back all its grant gave. */
function tokenInfo(sim: Simulation, x: Exchange, kind: "access" | "refresh", token: string): void {
  const stored = sim.tokens.get(kind === "access" ? "AccessToken" : "RefreshToken", token);
  if (x.method === "DELETE" && kind === "refresh") {
    sim.stats.revocations++;
    if (stored?.grantId) sim.tokens.revokeGrant(stored.grantId);
    sendNothing(x); // RFC 7009: an unknown token is as good as revoked
    return;
  }
  const portal = portalById(stored?.accountId);
  const remaining = (stored?.exp ?? 0) - Math.floor(Date.now() / 1000);
  if (x.method !== "GET" || !stored || !portal || stored.consumed || remaining <= 0) {
    sendMissing(x);
    return;
  }
  sendJson(x, 200, {
    token,
    user: portal.user,
    user_id: portal.userId,
    hub_domain: portal.domain,
    hub_id: Number(portal.id),
    scopes: typeof stored.scope === "string" ? stored.scope.split(" ") : [],
    app_id: 500_001,
    token_type: kind,
    ...(kind === "access" ? { expires_in: remaining, is_private_distribution: false } : { client_id: stored.clientId }),
  });
}
