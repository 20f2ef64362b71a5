import { createCipheriv, createDecipheriv } from "node:crypto";
import { randomChunk } from "./random";

/** What a sealed secret is bound to: moved to another row or field, it does not open. */
export type SealContext = { environmentId: string; customerId: string; ownerId: string; field: string; version: number };

/** A sealed secret as stored: `v1.<kek id>.<wrapped data key>.<ciphertext>`, base64url parts of nonce|tag|bytes. */
export type Sealed = string & { readonly __sealed: true };

export type Vault = {
  /** Encrypts with a fresh data key, wrapped by the current key-encryption key. Every process may seal. */
  seal(plaintext: string, context: SealContext): Sealed;
  /** Decrypts. Throws when the context differs, the bytes were touched, or the key id is unknown. */
  open(sealed: Sealed, context: SealContext): string;
  /** Wraps the data key anew under the current key; the ciphertext itself stays. For key rotation. */
  rewrap(sealed: Sealed, context: SealContext): Sealed;
  readonly currentKeyId: string;
  /** All that open, the current one among them. */
  readonly keyIds: readonly string[];
};

const NONCE = 12;
const TAG = 16;

function encrypt(key: Buffer, plaintext: Buffer, aad: Buffer): string {
  const nonce = randomChunk(NONCE);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(aad);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
}

function decrypt(key: Buffer, packed: string, aad: Buffer): Buffer {
  const bytes = Buffer.from(packed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(aad);
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
}

const aadOf = (c: SealContext) => Buffer.from(JSON.stringify([c.environmentId, c.customerId, c.ownerId, c.field, c.version]));

/**
 * AES-256-GCM envelope encryption. `keys` maps a key id (`[a-z0-9-]`) to 32 bytes; `currentKeyId` seals, all open.
 * Throws at once when a key has the wrong size, so that a bad key cannot be discovered by a customer.
 */
export function createVault(keys: Readonly<Record<string, Buffer>>, currentKeyId: string): Vault {
  for (const [id, key] of Object.entries(keys)) {
    if (key.length !== 32) throw new Error(`encryption key "${id}" must be 32 bytes, it has ${key.length}`);
  }
  const keyOf = (id: string): Buffer => {
    const key = Object.hasOwn(keys, id) ? keys[id] : undefined;
    if (!key) throw new Error(`encryption key "${id}" is not configured`);
    return key;
  };
  const current = keyOf(currentKeyId);

  const unwrap = (sealed: Sealed, aad: Buffer): { dataKey: Buffer; body: string } => {
    const [version, keyId, wrapped, body] = sealed.split(".");
    if (version !== "v1" || !keyId || !wrapped || !body) throw new Error("not a sealed secret");
    return { dataKey: decrypt(keyOf(keyId), wrapped, aad), body };
  };

  return {
    currentKeyId,
    keyIds: Object.keys(keys),
    seal(plaintext, context) {
      const aad = aadOf(context);
      const dataKey = randomChunk(32);
      return `v1.${currentKeyId}.${encrypt(current, dataKey, aad)}.${encrypt(dataKey, Buffer.from(plaintext), aad)}` as Sealed;
    },
    open(sealed, context) {
      const aad = aadOf(context);
      const { dataKey, body } = unwrap(sealed, aad);
      return decrypt(dataKey, body, aad).toString();
    },
    rewrap(sealed, context) {
      const aad = aadOf(context);
      const { dataKey, body } = unwrap(sealed, aad);
      return `v1.${currentKeyId}.${encrypt(current, dataKey, aad)}.${body}` as Sealed;
    },
  };
}
