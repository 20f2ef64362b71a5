import { createHash, randomBytes } from "node:crypto";
import { fillKnown } from "../paths";
import type { Protocol } from "./schema";
import { buildXml, escapeXml } from "./xml";

type Soap = Extract<Protocol, { type: "soap" }>;

const ENVELOPE = { "1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope" } as const;

function filled(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") return fillKnown(value, values);
  if (Array.isArray(value)) return value.map((one) => filled(one, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, values)]));
}

const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";

/** A password's digest for one request (OASIS WSS UsernameToken Profile 1.1, 3.1): Base64(SHA-1(nonce + created + password)). */
export const passwordDigest = (nonce: Buffer, created: string, password: string): string =>
  createHash("sha1").update(nonce).update(created).update(password).digest("base64");

/** The element that says who asks. */
function security({ usernameToken }: Soap, values: Readonly<Record<string, string>>): string {
  if (!usernameToken) return "";
  const [username, password] = [fillKnown(usernameToken.username, values), fillKnown(usernameToken.password, values)];
  const [nonce, created] = [randomBytes(16), new Date().toISOString()];
  const secret = usernameToken.digest
    ? `<wsse:Password Type="${WSS}-username-token-profile-1.0#PasswordDigest">${passwordDigest(nonce, created, password)}</wsse:Password>`
    : `<wsse:Password Type="${WSS}-username-token-profile-1.0#PasswordText">${escapeXml(password)}</wsse:Password>`;
  const once = `<wsse:Nonce EncodingType="${WSS}-soap-message-security-1.0#Base64Binary">${nonce.toString("base64")}</wsse:Nonce><wsu:Created>${created}</wsu:Created>`;
  return `<wsse:Security xmlns:wsse="${WSS}-wssecurity-secext-1.0.xsd" xmlns:wsu="${WSS}-wssecurity-utility-1.0.xsd" soap:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>${escapeXml(username)}</wsse:Username>${secret}${once}</wsse:UsernameToken></wsse:Security>`;
}

/** An envelope around one operation and its parameters, with the header's holes filled from the credential. */
export function soapRequest(soap: Soap, body: unknown, values: Readonly<Record<string, string>>) {
  const inside = security(soap, values) + buildXml(filled(soap.header, values));
  const header = inside === "" ? "" : `<soap:Header>${inside}</soap:Header>`;
  const text = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${ENVELOPE[soap.version]}" xmlns="${escapeXml(soap.namespace)}">${header}<soap:Body>${buildXml(body)}</soap:Body></soap:Envelope>`;
  const headers: Record<string, string> =
    soap.version === "1.1"
      ? { "content-type": "text/xml; charset=utf-8", soapaction: `"${soap.action}"` }
      : { "content-type": `application/soap+xml; charset=utf-8${soap.action === "" ? "" : `; action="${soap.action}"`}` };
  return { text, headers };
}
