import { Readable } from "node:stream";
import { AppError, isAppError } from "#server/lib/errors";
import type { EgressResponse } from "../egress";
import { networkFailure } from "../exchange";
import { hasRows } from "../protocols/rows";
import type { Protocol } from "../protocols/schema";
import { decoderOf } from "../protocols/text";
import { type Packing, unpack } from "./unpack";

/** A file that is no longer than this is taken whole, and looked at as any answer is. */
const HEAD_BYTES = 65_536;
/** What is not rows one after the other has to be held as a whole. */
const WHOLE_BYTES = 64 * 1024 * 1024;

/** `rest`: the whole file, from its first byte on, where it is too long to be taken at once. */
export type OpenedFile = { body: Buffer; rest: Readable | null };

/** An error while a file is read, as ours: of the network, or of what is in it. */
export function brokenFile(host: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(?:UND_ERR|E[A-Z]+$)/.test(code)) return networkFailure(host, error);
  const why = error instanceof Error ? error.message.slice(0, 200) : "";
  return new AppError("provider_invalid_response", `The file of ${host} cannot be read. ${why}`, { cause: error });
}

async function* again(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (let one = await chunks.next(); !one.done; one = await chunks.next()) yield one.value;
  } finally {
    await chunks.return?.();
  }
}

/** Throws for a beginning that is that of no rows, as for a short file. */
function checkHead(head: Buffer, contentType: string | undefined): void {
  const text = decoderOf(head, contentType).decode(head.subarray(0, 4_096), { stream: true });
  if (/^[\uFEFF\s]*<(?:!doctype|html|\?xml)/i.test(text)) throw new Error("There is a page where rows were expected.");
  if (text.includes("\u0000")) throw new Error("There are no rows of text; it may be packed.");
}

/** Takes the beginning of a file, unpacked; a short one whole. Throws the AppError that says why it cannot be read. */
export async function openFile(
  answer: EgressResponse,
  { protocol, packing }: { protocol: Protocol; packing: Packing | undefined },
): Promise<OpenedFile> {
  const fine = answer.status >= 200 && answer.status < 300;
  if (!fine || answer.status === 204) return { body: answer.body, rest: null };
  const { host } = new URL(answer.url);
  const source = answer.stream ?? Readable.from([answer.body]);
  try {
    const chunks = (await unpack(source, packing))[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const most = hasRows(protocol) ? HEAD_BYTES : WHOLE_BYTES;
    const parts: Buffer[] = [];
    for (let size = 0; size <= most; ) {
      const { value, done } = await chunks.next();
      if (done) return { body: Buffer.concat(parts), rest: null };
      parts.push(value);
      size += value.length;
    }
    if (!hasRows(protocol))
      throw new AppError(
        "provider_invalid_response",
        `${host} sent more than ${most} bytes of what is no rows; only CSV and JSON lines may be longer.`,
      );
    const head = Buffer.concat(parts);
    checkHead(head, answer.headers["content-type"]);
    const rest = Readable.from(again(head, chunks));
    rest.on("error", () => {}); // told to whoever reads; one that nobody reads any more must not end the process
    rest.once("close", () => source.destroy());
    return { body: Buffer.alloc(0), rest };
  } catch (error) {
    source.destroy();
    throw brokenFile(host, error);
  }
}
