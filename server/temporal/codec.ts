import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { DataConverter, Payload, PayloadCodec } from "@temporalio/common";

const ENCODING = "binary/inlay-aes256gcm";
const NONCE = 12;
const TAG = 16;

/** The vault's key ring: the current key encrypts, every key decrypts. */
export type CodecKeys = { keys: Readonly<Record<string, Buffer>>; currentKeyId: string };

const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString("base64");

function pack(payload: Payload): Buffer {
  const metadata = Object.fromEntries(Object.entries(payload.metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]));
  return Buffer.from(JSON.stringify({ metadata, data: base64(payload.data) }));
}

function unpack(bytes: Buffer): Payload {
  const { metadata, data } = JSON.parse(bytes.toString()) as { metadata: Record<string, string>; data: string };
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, "base64")])),
    data: Buffer.from(data, "base64"),
  };
}

/**
 * Encrypts every payload. They carry ids and counters only; this is for what a later change might put there by mistake.
 * A payload names its key, so keys can rotate; one that is not ours is passed on as it is.
 */
export function createPayloadCodec({ keys, currentKeyId }: CodecKeys): PayloadCodec {
  const current = keys[currentKeyId];
  if (!current) throw new Error(`encryption key "${currentKeyId}" is not configured`);
  return {
    async encode(payloads) {
      return payloads.map((payload) => {
        const nonce = randomBytes(NONCE);
        const cipher = createCipheriv("aes-256-gcm", current, nonce);
        const body = Buffer.concat([cipher.update(pack(payload)), cipher.final()]);
        return {
          metadata: { encoding: Buffer.from(ENCODING), "key-id": Buffer.from(currentKeyId) },
          data: Buffer.concat([nonce, cipher.getAuthTag(), body]),
        };
      });
    },
    async decode(payloads) {
      return payloads.map((payload) => {
        if (Buffer.from(payload.metadata?.["encoding"] ?? []).toString() !== ENCODING) return payload;
        const keyId = Buffer.from(payload.metadata?.["key-id"] ?? []).toString();
        const key = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
        if (!key) throw new Error(`a payload was encrypted with key "${keyId}", which is not configured`);
        const bytes = Buffer.from(payload.data ?? []);
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE), { authTagLength: TAG });
        decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
        return unpack(Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]));
      });
    },
  };
}

/** What client and worker must share to read each other. */
export function createDataConverter(keys: CodecKeys): DataConverter {
  return { payloadCodecs: [createPayloadCodec(keys)] };
}
