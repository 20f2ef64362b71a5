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

/** An envelope around one operation and its parameters, with the header's holes filled from the credential. */
export function soapRequest(soap: Soap, body: unknown, values: Readonly<Record<string, string>>) {
  const header = Object.keys(soap.header).length > 0 ? `<soap:Header>${buildXml(filled(soap.header, values))}</soap:Header>` : "";
  const text = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${ENVELOPE[soap.version]}" xmlns="${escapeXml(soap.namespace)}">${header}<soap:Body>${buildXml(body)}</soap:Body></soap:Envelope>`;
  const headers: Record<string, string> =
    soap.version === "1.1"
      ? { "content-type": "text/xml; charset=utf-8", soapaction: `"${soap.action}"` }
      : { "content-type": `application/soap+xml; charset=utf-8${soap.action === "" ? "" : `; action="${soap.action}"`}` };
  return { text, headers };
}
