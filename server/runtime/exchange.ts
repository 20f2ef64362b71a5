import type { Agent, Dispatcher } from "undici";
import { AppError, isAppError } from "#server/lib/errors";

export type Call = {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
  limitBytes: number;
  timeoutMs: number;
  signal: AbortSignal | undefined;
};
type Answer = { status: number; headers: Record<string, string>; body: Buffer };

/**
 * One HTTP exchange on the agent, without a stream between: chunks are kept as they come and joined once. Ends by its
 * own clock, by the caller's signal (whose reason is thrown), or when more than `limitBytes` arrive.
 */
export function exchange(agent: Agent, call: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { url, signal, limitBytes } = call;
    if (signal?.aborted) return reject(signal.reason);
    const chunks: Buffer[] = [];
    let headers: Record<string, string> = {};
    let [status, size] = [0, 0];
    let controller: Dispatcher.DispatchController | null = null;
    let over = false;

    const end = (settle: () => void) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const stop = (error: unknown) => {
      end(() => reject(error));
      controller?.abort(error instanceof Error ? error : new Error("aborted"));
    };
    const onAbort = () => stop(signal?.reason);
    const tooLarge = () => stop(new AppError("provider_invalid_response", `${url.host} sent more than ${limitBytes} bytes.`));
    const timer = setTimeout(
      () => stop(new AppError("provider_unavailable", `${url.host} did not answer in time.`)),
      Math.max(1, call.timeoutMs),
    );
    signal?.addEventListener("abort", onAbort, { once: true });

    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: call.method as Dispatcher.HttpMethod,
        headers: call.headers,
        body: call.body ?? null,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (over) started.abort(new Error("aborted"));
        },
        onResponseStart(_controller, statusCode, given) {
          status = statusCode;
          headers = {}; // an interim answer (1xx) may have come before
          for (const [name, value] of Object.entries(given))
            if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
          if (Number(headers["content-length"]) > limitBytes) tooLarge();
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > limitBytes) return tooLarge();
          chunks.push(chunk);
        },
        onResponseEnd: () =>
          end(() => resolve({ status, headers, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size) })),
        onResponseError: (_controller, error) => end(() => reject(networkFailure(url.host, error))),
      },
    );
  });
}

/** Failures before there was a connection to send on. */
const UNSENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/**
 * Any failure below HTTP as ours: an AppError keeps its code, all else is `provider_unavailable`. `details.unsent` marks those
 * where nothing can have reached the other side.
 */
export function networkFailure(host: string, error: unknown): AppError {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (isAppError(cause)) return cause;
  const code = error instanceof Error && "code" in error ? String(error.code) : "network error";
  const details = UNSENT.has(code) ? { details: { unsent: true } } : {};
  return new AppError("provider_unavailable", `${host} could not be reached (${code}).`, { cause: error, ...details });
}
