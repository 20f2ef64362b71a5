import { crc32, deflateRawSync, gzipSync } from "node:zlib";

/** A file in an archive, written as one that is not known beforehand: its sizes follow it. */
function zipped(bytes: Buffer, name = "export"): Buffer {
  const data = deflateRawSync(bytes);
  const sums = Buffer.alloc(12);
  sums.writeUInt32LE(crc32(bytes), 0);
  sums.writeUInt32LE(data.length, 4);
  sums.writeUInt32LE(bytes.length, 8);
  const common = Buffer.alloc(26);
  for (const [at, value] of [20, 8, 8].entries()) common.writeUInt16LE(value, at * 2);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), data, Buffer.from("PK\x07\x08"), sums]);
  sums.copy(common, 10);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), common, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** Bytes as a file comes packed. */
export const packed = (bytes: Buffer, packing: "gzip" | "zip" | undefined): Buffer =>
  packing === undefined ? bytes : packing === "gzip" ? gzipSync(bytes) : zipped(bytes);
