import { randomBytes } from "node:crypto";
import { signDigest } from "./sign-digest";
import { signOauth1 } from "./sign-oauth1";
import { signSigV4 } from "./sign-sigv4";
import type { Signature } from "./signature-schema";

/** A request as it will be sent: nothing about it changes any more but what the signature adds. Header names are lower-case. */
export type ToSign = { method: string; url: URL; headers: Readonly<Record<string, string>>; body: string | undefined };
export type Signed = { url: URL; headers: Record<string, string> };
export type Signer = (request: ToSign) => Signed;

/** When and with which random text a signature is made. */
export type Moment = { nowMs: number; nonce: string };
export const thisMoment = (): Moment => ({ nowMs: Date.now(), nonce: randomBytes(16).toString("hex") });

/** The signer a manifest declares, over one credential's values. Each request is signed anew, also a repeated one. */
export function signerOf(signature: Signature, values: Readonly<Record<string, string>>, moment: () => Moment = thisMoment): Signer {
  switch (signature.type) {
    case "oauth1":
      return (request) => signOauth1(signature, values, request, moment());
    case "aws_sigv4":
      return (request) => signSigV4(signature, values, request, moment());
    case "digest":
      return (request) => signDigest(signature, values, request, moment());
  }
}
