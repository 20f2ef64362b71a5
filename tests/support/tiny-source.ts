import http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { AppError } from "#server/lib/errors";
import { createEgress } from "#server/runtime/egress-undici";
import { Manifest, type ManifestInput } from "#server/runtime/manifest";
import { objectSource } from "#server/runtime/paging/object-source";
import { createSend, type Send } from "#server/runtime/send";
import type { Source, SourceRecord } from "#server/runtime/source";

export type Asked = { method: string; path: string; query: URLSearchParams; headers: http.IncomingHttpHeaders; body: string };
export type Told = { status?: number; headers?: Record<string, string>; body?: unknown };

/** A real HTTP server that answers as `answer` says; JSON unless the body is text, bytes or a stream of them. */
export async function startTiny() {
  const state = { answer: (_: Asked): Told => ({}), asked: [] as Asked[] };
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? "/", "http://x");
    const asked = {
      method: request.method ?? "",
      path: url.pathname.replace(/^\/[^/]+/, ""),
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    state.asked.push(asked);
    const told = state.answer(asked);
    const raw = typeof told.body === "string" || Buffer.isBuffer(told.body) || told.body instanceof Readable;
    response.writeHead(told.status ?? 200, { ...(raw ? {} : { "content-type": "application/json" }), ...told.headers });
    if (told.body instanceof Readable) return void told.body.on("error", () => response.destroy()).pipe(response);
    response.end(told.body === undefined ? undefined : raw ? told.body : JSON.stringify(told.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { state, origin, stop: () => server.close().closeAllConnections() };
}

export const thing: ManifestInput["objects"][string] = {
  title: "Things",
  list: { path: "/things" },
  records: "data",
  id: "id",
  updatedAt: "at",
  fields: [{ path: "id", type: "string", title: "ID" }],
  sample: {},
};

/** A manifest with one object, `thing`, changed as given. */
export const tinyManifest = (object: object, http: object = {}, others: ManifestInput["objects"] = {}): Manifest =>
  Manifest.parse({
    key: "things",
    name: "Things",
    tagline: "",
    description: "",
    categories: ["Test"],
    docs: [{ title: "Docs", url: "https://example.com/docs", readAt: "2026-01-01" }],
    auth: {},
    identify: { request: { path: "/me" }, accountId: "id", label: "{id}" },
    check: { path: "/me" },
    http: { baseUrl: "https://api.example.com", errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 }, ...http },
    pagination: { type: "none" },
    objects: { thing: { ...thing, ...object }, ...others },
  });

const egress = createEgress({ allowLoopback: true });

/** Requests of the manifest over real HTTP. */
export function tinySend(origin: string, manifest: Manifest, nowMs = Date.now(), values: Record<string, string> = {}): Send {
  const grant = { version: 1, values, headers: {}, query: {} };
  const grants = {
    current: async () => grant,
    renew: async () => grant,
    condemn: async (_: number, reason: string) => new AppError("reauth_required", reason),
  };
  return createSend({ egress, manifest, grants, sandboxOrigin: origin, clock: { now: () => new Date(nowMs) } });
}

/** The manifest's `thing` as a source over real HTTP, each time anew: nothing but the cursor can carry over. */
export function openTiny(
  origin: string,
  manifest: Manifest,
  nowMs = Date.now(),
  values: Record<string, string> = {},
  paths: readonly string[] = [],
): Source {
  const send = tinySend(origin, manifest, nowMs, values);
  return objectSource({ send, manifest, nowMs: () => nowMs, config: values, paths }, "thing");
}

/** Reads a pass to its end with a new source for every page; 500 pages at most. */
export async function drainTiny(open: () => Source, from: string | null = null) {
  const records: SourceRecord[] = [];
  const cursors: (string | null)[] = [from];
  for (let pages = 1; pages <= 500; pages++) {
    const page = await open().readPage(cursors.at(-1) ?? null);
    records.push(...page.records);
    cursors.push(page.cursor);
    if (page.done) return { records, ids: records.map((r) => r.id), pages, cursors, cursor: page.cursor };
  }
  throw new Error("no end");
}
