import type { Readable } from "node:stream";
import { AppError } from "#server/lib/errors";
import type { Protocol } from "../protocols/schema";
import { decoderOf } from "../protocols/text";
import { brokenFile } from "./open-file";
import { csvRows, jsonLines, type Some } from "./rows";

/** Some rows of a file; `ended`: there are no more. `bytes`: how much was read for them. */
export type Read = { rows: unknown[]; ended: boolean; bytes: number };
export type RowReader = {
  /** The next rows, `count` of them unless there are fewer. Only one at a time may be asked for. */
  read(count: number, signal?: AbortSignal): Promise<Read>;
  /** Passes over so many rows. */
  skip(count: number, signal?: AbortSignal): Promise<void>;
  /** Names of a CSV's columns; null before the first row, and where there are none. */
  columns(): readonly string[] | null;
  close(): void;
};

/** No file that unfolds to more is read. */
const MOST_BYTES = 64 * 1024 ** 3;
const SKIPPED_AT_ONCE = 5_000;

/** Rows that are there already. */
export function heldRows(rows: readonly unknown[]): RowReader {
  let at = 0;
  return {
    read: async (count) => {
      const some = rows.slice(at, at + count);
      at += some.length;
      return { rows: some, ended: at >= rows.length, bytes: 0 };
    },
    skip: async (count) => {
      at += count;
    },
    columns: () => null,
    close: () => {},
  };
}

/** Rows of a file that comes in while they are read. What is not asked for is not fetched: memory holds a piece of it and a page. */
export function streamedRows(
  stream: Readable,
  { protocol, contentType, host }: { protocol: Protocol; contentType: string | undefined; host: string },
): RowReader {
  let bytes = 0;
  async function* texts(): AsyncGenerator<string> {
    let decoder: TextDecoder | null = null;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new AppError("provider_invalid_response", `${host} sent a file of more than ${MOST_BYTES} bytes.`);
      decoder ??= decoderOf(chunk, contentType);
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder?.decode() ?? "";
  }
  const pieces: AsyncGenerator<Some> = protocol.type === "csv" ? csvRows(texts(), protocol) : jsonLines(texts());
  let waiting: unknown[] = [];
  let ended = false;
  let names: readonly string[] | null = null;
  /** Until there are more than so many rows, so that it is known whether they are the last. */
  const fill = async (count: number, signal: AbortSignal | undefined): Promise<void> => {
    const stop = () => stream.destroy(new Error("aborted"));
    signal?.addEventListener("abort", stop, { once: true });
    try {
      while (!ended && waiting.length <= count) {
        signal?.throwIfAborted();
        const { value, done } = await pieces.next();
        if (done) ended = true;
        else {
          waiting = waiting.length === 0 ? value.rows : waiting.concat(value.rows);
          names = value.columns ?? names;
        }
      }
    } catch (error) {
      stream.destroy();
      signal?.throwIfAborted();
      throw brokenFile(host, error);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  };
  const take = async (count: number, signal: AbortSignal | undefined): Promise<Read> => {
    const before = bytes;
    await fill(count, signal);
    const rows = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return { rows, ended: ended && waiting.length === 0, bytes: bytes - before };
  };
  return {
    read: take,
    skip: async (count, signal) => {
      for (let left = count; left > 0; ) {
        const { rows, ended: over } = await take(Math.min(left, SKIPPED_AT_ONCE), signal);
        left -= rows.length;
        if (over) return;
      }
    },
    columns: () => names,
    close: () => void stream.destroy(),
  };
}
