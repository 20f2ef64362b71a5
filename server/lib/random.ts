import { randomFillSync } from "node:crypto";

const POOL = 8_192;
const pool = Buffer.allocUnsafeSlow(POOL);
let used = POOL;

/**
 * `size` random bytes of the system's generator, drawn many at a time: asking it costs the same for one byte as for
 * thousands. No byte is given twice, and none stays behind.
 */
export function randomChunk(size: number): Buffer {
  if (size > POOL) return randomFillSync(Buffer.allocUnsafeSlow(size));
  if (used + size > POOL) {
    randomFillSync(pool);
    used = 0;
  }
  const chunk = Buffer.from(pool.subarray(used, used + size));
  pool.fill(0, used, used + size);
  used += size;
  return chunk;
}
