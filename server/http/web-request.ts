import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * The body, read only as it is asked for. What nobody wants any more is thrown away instead of being left on the line: there
 * it would stand before the next request of a connection that is kept.
 */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Buffer> | null = null;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        chunks ??= incoming.iterator({ destroyOnReturn: false });
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks?.return?.();
        incoming.resume();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A node request as a web one. Its signal aborts when the caller goes away. `origin` stands for a host that is not trusted. */
export function toWebRequest(incoming: IncomingMessage, outgoing: ServerResponse, origin: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (Array.isArray(value)) for (const one of value) headers.append(name, one);
    else if (value !== undefined) headers.set(name, value);
  }
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const method = incoming.method ?? "GET";
  const bodied = method !== "GET" && method !== "HEAD";
  const init: RequestInit = { method, headers, signal: gone.signal };
  if (bodied) Object.assign(init, { body: bodyOf(incoming), duplex: "half" });
  return new Request(new URL(incoming.url ?? "/", origin), init);
}

/** Sends a web answer whose body is small and complete. */
export async function sendWebResponse(outgoing: ServerResponse, response: Response): Promise<void> {
  const body = response.body ? Buffer.from(await response.arrayBuffer()) : null;
  if (outgoing.destroyed) return;
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  if (body) outgoing.setHeader("content-length", body.byteLength);
  outgoing.writeHead(response.status);
  outgoing.end(body);
}
