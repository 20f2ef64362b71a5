import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reply, RestCall } from "#server/rest/call";

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

/** A node request as a call of the API. Its signal aborts when the caller goes away; it is made when first asked for. */
export function toCall(incoming: IncomingMessage, outgoing: ServerResponse): RestCall {
  const method = incoming.method ?? "GET";
  let gone: AbortController | null = null;
  return {
    method,
    url: incoming.url ?? "/",
    headers: {
      get(name) {
        const value = incoming.headers[name];
        return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
      },
    },
    get signal() {
      if (gone === null) {
        const made = new AbortController();
        gone = made;
        const end = () => outgoing.writableFinished || made.abort();
        if (outgoing.destroyed) end();
        else outgoing.once("close", end);
      }
      return gone.signal;
    },
    body: method === "GET" || method === "HEAD" ? null : bodyOf(incoming),
  };
}

/** Sends a whole answer at once: `common` are the headers that suit any page. */
export function sendReply(outgoing: ServerResponse, { status, headers, body }: Reply, common: Record<string, string>): void {
  if (outgoing.destroyed) return;
  const text = body ?? "";
  const sized = status === 204 || "content-length" in headers ? headers : { ...headers, "content-length": Buffer.byteLength(text) };
  outgoing.writeHead(status, { ...common, ...sized });
  outgoing.end(text);
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
