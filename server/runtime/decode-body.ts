import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { AppError } from "#server/lib/errors";

const DECODERS = { gzip: promisify(gunzip), "x-gzip": promisify(gunzip), br: promisify(brotliDecompress) } as const;
const FREE_BYTES = 1024 * 1024;
const MAX_RATIO = 100;

/**
 * The plain bytes of a body. One encoding at most, and never more than `limitBytes`, nor more than a hundred times what
 * was sent once past 1 MiB: a bomb stops while it unfolds.
 */
export async function decodeBody(body: Buffer, encoding: string | undefined, limitBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === "identity" || body.length === 0) return body;
  const name = encoding.trim().toLowerCase();
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name as keyof typeof DECODERS] : undefined;
  if (!decode)
    throw new AppError("provider_invalid_response", `The answer has a content encoding we did not ask for ("${name.slice(0, 40)}").`);
  try {
    return await decode(body, { maxOutputLength: Math.min(limitBytes, Math.max(FREE_BYTES, body.length * MAX_RATIO)) });
  } catch (cause) {
    throw new AppError("provider_invalid_response", "The answer could not be decompressed within its limits.", { cause });
  }
}
