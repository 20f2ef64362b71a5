import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";

/** One request and its answer. `path` is what follows the virtual host: `/crm/v3/objects/contacts`. */
export type Exchange = {
  req: IncomingMessage;
  res: ServerResponse;
  method: string;
  host: string;
  path: string;
  query: URLSearchParams;
  /** `http://127.0.0.1:4640`, as the caller addressed us. */
  origin: string;
  /** A scripted fault the handler itself has to act out. */
  quirk: "cursor_loop" | "empty" | null;
  /** A scripted fault of the transport: the answer breaks off half-way. */
  truncate: boolean;
  /** A scripted fault after the work is done: what happens in place of the answer. */
  instead: (() => void) | null;
};

const MAX_BODY = 5_000_000;

/** Asked for something that cannot be read; the API answers it as a 400. */
export class BadRequest extends Error {}

/** Plays what a test wants in place of this answer; true when there is such a thing. */
function isReplaced(x: Exchange): boolean {
  const { instead } = x;
  x.instead = null;
  instead?.();
  return instead !== null;
}

export function sendBytes(x: Exchange, status: number, body: Buffer | readonly Buffer[], headers: OutgoingHttpHeaders): void {
  if (isReplaced(x)) return;
  const pieces = Buffer.isBuffer(body) ? [body] : body;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  x.res.writeHead(status, { ...headers, "content-length": length });
  if (x.truncate) {
    x.res.write(Buffer.concat(pieces).subarray(0, length >> 1), () => x.res.destroy());
    return;
  }
  if (x.method !== "HEAD") {
    x.res.cork();
    for (const piece of pieces) x.res.write(piece);
  }
  x.res.end();
}

/** JSON whose bulk is already rendered: `head`, the records, `tail`. */
export function sendRecords(x: Exchange, head: string, records: readonly Buffer[], tail: string, headers: OutgoingHttpHeaders = {}): void {
  const type = "application/json;charset=utf-8";
  sendBytes(x, 200, [Buffer.from(head), ...records, Buffer.from(tail)], { "content-type": type, ...headers });
}

export function sendJson(x: Exchange, status: number, value: unknown, headers: OutgoingHttpHeaders = {}): void {
  sendBytes(x, status, Buffer.from(JSON.stringify(value)), { "content-type": "application/json;charset=utf-8", ...headers });
}

export function sendNothing(x: Exchange): void {
  if (isReplaced(x)) return;
  x.res.writeHead(204);
  x.res.end();
}

/** 303, so that a form's POST becomes a GET. */
export function redirect(x: Exchange, location: string): void {
  x.res.writeHead(303, { location, "content-length": 0 });
  x.res.end();
}

/** Reads the whole body as text; BadRequest when it is larger than 5 MB. */
export async function readText(x: Exchange): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of x.req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new BadRequest("The body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads a JSON object; an empty body is an empty object. */
export async function readJson(x: Exchange): Promise<Record<string, unknown>> {
  const text = await readText(x);
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRequest("Invalid input JSON: the body could not be parsed.");
  }
  if (!isObject(value)) throw new BadRequest("Invalid input JSON: an object is expected.");
  return value;
}

export async function readForm(x: Exchange): Promise<URLSearchParams> {
  return new URLSearchParams(await readText(x));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
