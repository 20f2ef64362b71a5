import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLarge, createIngress, type Ingress, type Knock, type Reply } from "#server/domains/inbox/receive-call";
import type { Deps } from "#server/lib/context";

const PREFIX = "/api/webhooks/";

const ingresses = new WeakMap<object, Ingress>();

/** One per process and database: what it batches and remembers is shared by all requests. */
function ingressOf(deps: Deps): Ingress {
  const known = ingresses.get(deps.db);
  if (known) return known;
  const made = createIngress(deps);
  ingresses.set(deps.db, made);
  return made;
}

/** Connector and token of `/api/webhooks/<connector>/<token>`; of any other address, ones that nobody has. */
function placeOf(path: string): { connector: string; token: string } {
  const [connector = "", token = "", ...more] = path.slice(PREFIX.length).split("/");
  return more.length === 0 ? { connector, token } : { connector: "", token: "" };
}

/** True for addresses at which third parties call. */
export const isIngress = (url: string): boolean => url.startsWith(PREFIX);

/** The whole body, byte for byte, or a rejection as soon as it is known to be too large. */
function readNode(incoming: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers["content-length"] ?? 0) > limitBytes) return reject(new BodyTooLarge());
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        incoming.pause();
        reject(new BodyTooLarge());
      } else chunks.push(chunk);
    });
    incoming.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    incoming.once("error", reject);
    incoming.once("aborted", () => reject(new Error("the caller went away")));
  });
}

const headersOf = ({ contentType = "text/plain; charset=utf-8", headers }: Reply): Record<string, string> => ({
  "content-type": contentType,
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  ...headers,
});

/** Takes one call at the lean door. */
export async function answerCall(deps: Deps, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const target = incoming.url ?? "/";
  const knock: Knock = {
    method: incoming.method ?? "GET",
    ...placeOf(target.split("?", 1)[0] ?? "/"),
    target,
    header(name) {
      const value = incoming.headers[name];
      return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
    },
    read: (limitBytes) => readNode(incoming, limitBytes),
  };
  const reply = await ingressOf(deps).receive(knock);
  if (outgoing.destroyed) return;
  const body = incoming.method === "HEAD" ? "" : reply.body;
  const requestId = String(incoming.headers["x-request-id"]);
  // All at once: a header set before would make node check and copy each of them.
  outgoing.writeHead(reply.status, { ...headersOf(reply), "x-request-id": requestId, "content-length": Buffer.byteLength(body) });
  outgoing.end(body);
}

async function readWeb(request: Request, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same as {@link answerCall}, for deployments that run Next alone. */
export async function answerWebCall(deps: Deps, request: Request, place: { connector: string; endpoint: string }): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const reply = await ingressOf(deps).receive({
    method: request.method,
    connector: place.connector,
    token: place.endpoint,
    target: `${pathname}${search}`,
    header: (name) => request.headers.get(name),
    read: (limitBytes) => readWeb(request, limitBytes),
  });
  return new Response(request.method === "HEAD" ? null : reply.body, { status: reply.status, headers: headersOf(reply) });
}
