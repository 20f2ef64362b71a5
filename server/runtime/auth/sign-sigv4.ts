import { createHash, createHmac } from "node:crypto";
import { fill } from "../paths";
import { inOrder, strictEncode } from "./encoding";
import type { Moment, Signed, ToSign } from "./sign";
import type { SignatureOf } from "./signature-schema";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Parameters sorted by encoded name, then value. It is also what is sent, so that nobody reads a `+` another way. */
function canonicalQuery(url: URL): string {
  const encoded = [...url.searchParams].map(([name, value]) => [strictEncode(name), strictEncode(value)] as const);
  encoded.sort((a, b) => inOrder(a[0], b[0]) || inOrder(a[1], b[1]));
  return encoded.map((pair) => pair.join("=")).join("&");
}

/** S3 takes the path encoded once; every other service encodes again what it was sent. */
const canonicalPath = (path: string, service: string): string =>
  path
    .split("/")
    .map((part) => strictEncode(service === "s3" ? decodeURIComponent(part) : part))
    .join("/");

/** AWS Signature Version 4 in the Authorization header (AWS General Reference, "Signature Version 4 signing process"). */
export function signSigV4(
  spec: SignatureOf<"aws_sigv4">,
  values: Readonly<Record<string, string>>,
  request: ToSign,
  { nowMs }: Moment,
): Signed {
  const [region, service] = [fill(spec.region, values), fill(spec.service, values)];
  const stamp = `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const scope = `${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
  const payload = sha256(request.body ?? "");
  const token = spec.sessionToken === undefined ? "" : fill(spec.sessionToken, values);
  const added: Record<string, string> = {
    "x-amz-date": stamp,
    ...(token === "" ? {} : { "x-amz-security-token": token }),
    ...(service === "s3" ? { "x-amz-content-sha256": payload } : {}),
  };
  const url = new URL(request.url);
  const query = canonicalQuery(url);
  url.search = query;

  const type = request.headers["content-type"];
  const signed = Object.entries({ host: url.host, ...(type === undefined ? {} : { "content-type": type }), ...added }).sort((a, b) =>
    inOrder(a[0], b[0]),
  );
  const names = signed.map(([name]) => name).join(";");
  const headers = signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}\n`).join("");
  const canonical = [request.method.toUpperCase(), canonicalPath(url.pathname, service), query, headers, names, payload].join("\n");
  const text = ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n");

  const seed: string | Buffer = `AWS4${fill(spec.secretAccessKey, values)}`;
  const key = [stamp.slice(0, 8), region, service, "aws4_request"].reduce<string | Buffer>(hmac, seed);
  const signature = hmac(key, text).toString("hex");
  const credential = `${fill(spec.accessKeyId, values)}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { url, headers: { ...request.headers, ...added, authorization } };
}
