import { pipeline, Readable } from "node:stream";
import { createGunzip, createInflateRaw } from "node:zlib";

/** What a file comes packed in. One that is not after all is taken as it is. */
export type Packing = "gzip" | "zip";
type Chunks = AsyncIterator<Buffer>;

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const HEAD_BYTES = 30;
const [STORED, DEFLATED] = [0, 8];
/** How far behind an entry's data the next one may begin: its descriptor, with or without a mark, with short or long sizes. */
const DESCRIPTORS = [0, 12, 16, 20, 24];

/** Bytes that are taken a few at a time, and put back. */
class Taking {
  held: Buffer = Buffer.alloc(0);
  readonly chunks: Chunks;
  constructor(chunks: Chunks) {
    this.chunks = chunks;
  }
  /** The next bytes, at most so many, without taking them. */
  async look(count: number): Promise<Buffer> {
    while (this.held.length < count) {
      const { value, done } = await this.chunks.next();
      if (done) break;
      this.held = Buffer.concat([this.held, value]);
    }
    return this.held.subarray(0, count);
  }
  async take(count: number): Promise<Buffer> {
    const bytes = await this.look(count);
    if (bytes.length < count) throw new Error("The archive is cut.");
    this.held = this.held.subarray(count);
    return bytes;
  }
  /** Whatever comes next, or null at the end. */
  async next(): Promise<Buffer | null> {
    if (this.held.length === 0) await this.look(1);
    const bytes = this.held;
    this.held = Buffer.alloc(0);
    return bytes.length > 0 ? bytes : null;
  }
}

async function* all(from: Taking): AsyncGenerator<Buffer> {
  try {
    for (let bytes = await from.next(); bytes !== null; bytes = await from.next()) yield bytes;
  } finally {
    await from.chunks.return?.();
  }
}

/** An entry's unfolded bytes. What follows it stays to be taken. */
async function* inflated(from: Taking): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw();
  let fed = 0;
  let last: Buffer = Buffer.alloc(0);
  let over = false;
  const feed = async () => {
    for (let bytes = await from.next(); bytes !== null && !over; bytes = await from.next()) {
      const given = bytes;
      fed += given.length;
      last = given;
      await new Promise<void>((resolve) => inflate.write(given, () => resolve()));
      if (over) return;
    }
    inflate.end();
  };
  feed().catch((error) => inflate.destroy(error));
  for await (const bytes of inflate) yield bytes as Buffer;
  over = true;
  const beyond = fed - inflate.bytesWritten;
  from.held = Buffer.concat([last.subarray(last.length - beyond), from.held]);
}

async function* stored(from: Taking, size: number): AsyncGenerator<Buffer> {
  for (let left = size; left > 0; ) {
    const bytes = await from.next();
    if (bytes === null) throw new Error("The archive is cut.");
    const own = bytes.subarray(0, left);
    from.held = bytes.subarray(own.length);
    left -= own.length;
    yield own;
  }
}

type Entry = { name: string; flags: number; method: number; size: number };

async function entryOf(from: Taking): Promise<Entry | null> {
  const mark = await from.look(4);
  if (mark.length < 4 || mark.readUInt32LE(0) !== LOCAL) return null;
  const head = await from.take(HEAD_BYTES);
  const name = (await from.take(head.readUInt16LE(26))).toString();
  await from.take(head.readUInt16LE(28));
  return { name, flags: head.readUInt16LE(6), method: head.readUInt16LE(8), size: head.readUInt32LE(18) };
}

/** Throws when another file follows: which of them is meant, nobody said. */
async function endOf(from: Taking): Promise<void> {
  const bytes = await from.look(28);
  const markAt = (offset: number) => (bytes.length >= offset + 4 ? bytes.readUInt32LE(offset) : 0);
  const next = DESCRIPTORS.find((offset) => [LOCAL, CENTRAL, END].includes(markAt(offset)));
  if (next !== undefined && markAt(next) === LOCAL) throw new Error("The archive holds more than one file.");
}

/** The one file of an archive, as it comes in: nothing is kept of what has been given out. */
async function* unzipped(from: Taking): AsyncGenerator<Buffer> {
  try {
    let entry = await entryOf(from);
    while (entry?.name.endsWith("/") && entry.size === 0) entry = await entryOf(from);
    if (!entry) throw new Error("The archive holds no file.");
    const { method, flags, size } = entry;
    if (flags & 1) throw new Error("The archive wants a password.");
    if (method === DEFLATED) yield* inflated(from);
    else if (method === STORED && !(flags & 8)) yield* stored(from, size);
    else throw new Error("The archive is packed in a way that cannot be read.");
    await endOf(from);
  } finally {
    await from.chunks.return?.();
  }
}

/** The bytes that a file holds, unfolded as they are read. Breaks with an Error for what cannot be unfolded. */
export async function unpack(stream: Readable, packing: Packing | undefined): Promise<Readable> {
  if (packing === undefined) return stream;
  const from = new Taking(stream[Symbol.asyncIterator]());
  const mark = await from.look(4);
  if (packing === "zip" && mark.length === 4 && [LOCAL, END].includes(mark.readUInt32LE(0))) return Readable.from(unzipped(from));
  const plain = Readable.from(all(from), { objectMode: false });
  return packing === "gzip" && mark[0] === 0x1f && mark[1] === 0x8b ? pipeline(plain, createGunzip(), () => {}) : plain;
}
