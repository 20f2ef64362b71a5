import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { AppError } from "#server/lib/errors";
import { isLoopback, isReachable } from "#server/runtime/address-guard";

const RESOLVE_MS = 2_000;
/** Those the egress goes out by. */
const PORTS = new Set(["", "443", "8443"]);

type Place = { kind: "test" | "live"; allowLoopback: boolean };

const refusal = (message: string) => new AppError("invalid", `url ${message}`, { details: { issues: [{ path: "url", message }] } });

const isLocalName = (host: string) => /(^|\.)localhost\.?$/.test(host);

/** The addresses of a name; none when it is not known yet or nobody answers: that is for the delivery log to tell. */
async function addressesOf(host: string): Promise<string[]> {
  const silence = new Promise<never[]>((resolve) => setTimeout(resolve, RESOLVE_MS, []).unref());
  return Promise.race([lookup(host, { all: true }).then((found) => found.map(({ address }) => address)), silence]).catch(() => []);
}

const PRIVATE =
  "leads to a private address. Deliveries go to public hosts only, so that nobody can reach into a network through us; use a public address, or a tunnel while you develop";

/** What the delivery's way out would refuse of an address on another machine. */
async function checkRemote(url: URL, host: string): Promise<void> {
  if (url.protocol !== "https:") throw refusal("must begin with https://");
  if (!PORTS.has(url.port)) throw refusal(`names port ${url.port}; deliveries go to 443 or 8443`);
  const addresses = isIP(host) ? [host] : await addressesOf(host);
  if (addresses.some((address) => !isReachable(address, false))) throw refusal(PRIVATE);
}

/**
 * Says at once what every delivery would run into: an address we do not send to. Gives the URL as it is kept. `invalid` names what
 * is wrong and what to use instead. A name is looked at again at each delivery, for it may lead elsewhere tomorrow.
 */
export async function checkAddress(value: string, { kind, allowLoopback }: Place): Promise<string> {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url) throw refusal("is not a URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refusal("must begin with https://");
  if (url.username || url.password) throw refusal("must not contain a user or password; every delivery is signed instead");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const onThisMachine = isIP(host) ? isLoopback(host) : isLocalName(host);
  if (!onThisMachine) await checkRemote(url, host);
  else if (!allowLoopback || kind !== "test")
    throw refusal("leads to this server itself, not to yours. Use a public address, or a tunnel while you develop");
  url.hash = "";
  return url.href;
}
