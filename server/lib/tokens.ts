import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A fresh secret: `prefix` plus 256 bits in base64url. Shown once, stored as {@link hashToken}. */
export function newToken(prefix: string): string {
  return `${prefix}${randomBytes(32).toString("base64url")}`;
}

/** SHA-256 hex of a token. Enough for secrets of 256 random bits: there is no dictionary to try. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Compares two strings in time that depends on their length only. */
export function safeEqual(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
