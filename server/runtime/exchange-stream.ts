import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import type { Agent, Dispatcher } from "undici";
import { AppError } from "#server/lib/errors";
import { decodeBody } from "./decode-body";
import { type Call, networkFailure } from "./exchange";

/** No byte for so long, while somebody reads, is the end. */
const IDLE_MS = 60_000;

type Opened = { status: number; headers: Record<string, string>; body: Buffer; stream?: Readable };

const plain = (given: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );

/** The plain bytes of a body, unfolded as they are read. What breaks on the way breaks the stream. */
function decoded(body: Readable, encoding = "identity"): Readable {
  const name = encoding.trim().toLowerCase();
  if (name === "identity" || name === "") return body;
  if (name === "br") return pipeline(body, createBrotliDecompress(), () => {});
  if (name === "gzip" || name === "x-gzip") return pipeline(body, createGunzip(), () => {});
  body.destroy();
  throw new AppError("provider_invalid_response", `The answer has a content encoding we did not ask for ("${name.slice(0, 40)}").`);
}

async function wholeOf(body: Readable, limitBytes: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw new AppError("provider_invalid_response", `${host} sent more than ${limitBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function ask(agent: Agent, call: Call): Promise<Dispatcher.ResponseData> {
  const { url, signal } = call;
  if (signal?.aborted) throw signal.reason;
  const own = new AbortController();
  const stop = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: call.method as Dispatcher.HttpMethod,
      headers: call.headers,
      body: call.body ?? null,
      signal: own.signal,
      headersTimeout: Math.max(1, call.timeoutMs),
      bodyTimeout: IDLE_MS,
    });
  } catch (error) {
    throw signal?.aborted ? signal.reason : networkFailure(url.host, error);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * One HTTP exchange whose fine answer is read as it is wanted: what is not read is not fetched, so a file of any size takes no
 * memory. The caller's signal ends it until there is an answer; after that, destroying the stream does. Other answers come whole.
 */
export async function openExchange(agent: Agent, call: Call): Promise<Opened> {
  const { statusCode: status, headers: given, body } = await ask(agent, call);
  const headers = plain(given);
  if (status >= 200 && status < 300 && status !== 204) {
    const stream = decoded(body, headers["content-encoding"]);
    stream.on("error", () => {}); // told to whoever reads; one that nobody reads any more must not end the process
    return { status, headers, body: Buffer.alloc(0), stream };
  }
  const raw = await wholeOf(body, call.limitBytes, call.url.host).catch((error) => {
    throw networkFailure(call.url.host, error);
  });
  return { status, headers, body: await decodeBody(raw, headers["content-encoding"], call.limitBytes) };
}
