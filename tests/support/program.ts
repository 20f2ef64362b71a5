import { createServer, type Server } from "node:net";
import { createTRPCClient, httpLink } from "@trpc/client";
import superjson from "superjson";
import { answerConsent } from "#server/simulator/visitor";
import type { EmbedRouter } from "#server/trpc/embed/router";
import type { ConnectionView } from "#server/trpc/views";
import type { Running } from "./stack";

/** Addresses and key of a running product. */
export type Place = Pick<Running, "origin" | "demoOrigin" | "simulatorOrigin" | "secretKey">;

/** An answer of a program's call: never thrown, `ms` since it was asked. */
export type Answer = { status: number; ms: number; text: string; headers: Headers; json: () => Record<string, unknown> };

const PATIENCE_MS = 15_000;

/** Asks as a program does. An answer that does not come in 15 s fails. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(url, { redirect: "manual", ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  const text = await response.text();
  return { status: response.status, ms: performance.now() - started, text, headers: response.headers, json: () => JSON.parse(text) };
}

/** Calls the API with the vendor's secret key; a body makes it a POST. */
export function api(place: Place, path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${place.secretKey}`, "content-type": "application/json" };
  return ask(`${place.origin}${path}`, { headers, ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }) });
}

/** A session for one customer, as the vendor's backend makes it. */
export async function mint(place: Place, customer: string): Promise<{ token: string; customerId: string }> {
  const answer = await api(place, "/v1/embed-sessions", { customer: { id: customer }, origin: place.demoOrigin });
  if (answer.status !== 201) throw new Error(`no session: ${answer.text}`);
  return answer.json() as { token: string; customerId: string };
}

/** The marketplace's procedures, called without a browser. */
export const marketplace = (place: Place, token: string) =>
  createTRPCClient<EmbedRouter>({
    links: [httpLink({ url: `${place.origin}/api/trpc/embed`, transformer: superjson, headers: { authorization: `Bearer ${token}` } })],
  });

/** A customer's connections of one integration, by its name. */
export async function connectionsOf(embed: ReturnType<typeof marketplace>, name: string): Promise<ConnectionView[]> {
  const integration = (await embed.marketplace.list.query()).find((one) => one.name === name);
  if (!integration) throw new Error(`${name} is not on offer`);
  return (await embed.marketplace.get.query({ integrationId: integration.id })).connections;
}

/** Connects a HubSpot account through the simulator's own consent, and turns the first template on. */
export async function connectHubspot(place: Place, token: string, portal: string): Promise<ConnectionView> {
  const embed = marketplace(place, token);
  const integration = (await embed.marketplace.list.query()).find(({ name }) => name.startsWith("HubSpot"));
  if (!integration) throw new Error("HubSpot is not on offer");
  const { templates } = await embed.marketplace.get.query({ integrationId: integration.id });
  const { authorizationId, url } = await embed.connect.begin.mutate({ integrationId: integration.id, display: "popup" });
  const back = await ask((await answerConsent(url, { portal })).href);
  const ticket = /name="ticket" value="([^"]+)"/.exec(back.text)?.[1];
  const result = await embed.connect.finalize.mutate({ authorizationId, ...(ticket ? { ticket } : {}) });
  const template = templates.find(({ name }) => name.startsWith("Contacts"));
  if (result.outcome !== "connected" || !template) throw new Error(`not connected: ${result.outcome}`);
  return embed.installations.activate.mutate({ connectionId: result.connection.id, templateId: template.id });
}

/** Every page of a list of the API, following `next`. `page` is the path up to and including `cursor=` or `after=`. */
export async function readAll<T>(place: Place, page: string, first: string): Promise<T[]> {
  const found: T[] = [];
  for (let next: string | number | null = first; next !== null; ) {
    const answer = await api(place, page + next);
    if (answer.status !== 200) throw new Error(answer.text);
    const body = answer.json() as { items: T[]; next: string | number | null };
    found.push(...body.items);
    next = body.items.length === 0 ? null : body.next;
  }
  return found;
}

/** What the simulator's HubSpot really holds, by id. */
export async function hubspotTruth(place: Place, portal: string): Promise<Map<string, { properties: Record<string, unknown> }>> {
  const response = await fetch(`${place.simulatorOrigin}/_truth/hubspot/contacts?portal=${portal}`);
  const lines = (await response.text()).split("\n").filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line)).map((row) => [String(row.id), row]));
}

/** Steers the simulator. */
export async function control(place: Place, body: unknown): Promise<void> {
  const response = await fetch(`${place.simulatorOrigin}/_control`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
}

/**
 * Holds a port, so that what was just killed there cannot come back; whoever calls is hung up on. Tries until it has it.
 * Resolves with the way to let go.
 */
export async function holdPort(port: number): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const server = await tryHold(port);
    if (server) return () => new Promise((resolve) => server.close(() => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`port ${port} could not be had`);
}

function tryHold(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.on("error", () => {}).resetAndDestroy());
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1" }, () => resolve(server));
  });
}
