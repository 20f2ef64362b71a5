import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { AppError } from "#server/lib/errors";

/** Only the part of IPv6 that is handed out for the open internet; what is not in it is somebody's inside. */
const GLOBAL_V6 = ipaddr.parseCIDR("2000::/3");
/** IETF protocol assignments, benchmarking, documentation: inside 2000::/3, yet nobody's public host. */
const SPECIAL_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map((block) => ipaddr.parseCIDR(block));
/** IPv4 blocks that not every list of special addresses knows: protocol assignments, 6to4 relays, AS112, AMT. */
const SPECIAL_V4 = ["192.0.0.0/24", "192.88.99.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24"].map((block) =>
  ipaddr.parseCIDR(block),
);

type ParsedAddress = ipaddr.IPv4 | ipaddr.IPv6;

const isIn = (address: ParsedAddress, [block, bits]: [ParsedAddress, number]) =>
  address.kind() === block.kind() && address.match(block, bits);

/** True for 127.0.0.0/8 and ::1, also when written as IPv4-mapped IPv6. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.process(address).range() === "loopback";
}

/** True when a connection to this address leaves for the public internet (or is loopback, where that is allowed). */
export function isReachable(address: string, allowLoopback: boolean): boolean {
  if (isIP(address) === 0) return false; // stricter than ipaddr, which reads 1.2.3 as an address
  const parsed = ipaddr.process(address); // unwraps ::ffff:10.0.0.1
  const range = parsed.range();
  if (range === "loopback") return allowLoopback;
  if (range !== "unicast") return false;
  if (parsed.kind() === "ipv4") return !SPECIAL_V4.some((block) => isIn(parsed, block));
  return isIn(parsed, GLOBAL_V6) && !SPECIAL_V6.some((block) => isIn(parsed, block));
}

/** The error everybody gets, whatever was wrong with the address: its text must not become a port scanner. */
export const refusedAddress = (host: string) =>
  new AppError("config_invalid", `"${host}" does not lead to a public address; requests are made to public hosts only.`);

export type Resolver = (host: string) => Promise<LookupAddress[]>;

const resolveBySystem: Resolver = (host) =>
  new Promise((resolve, reject) =>
    systemLookup(host, { all: true, verbatim: true }, (error, found) => (error ? reject(error) : resolve(found))),
  );

/**
 * A `lookup` for sockets that answers with vetted addresses only. One address that is not public refuses the name as a
 * whole, and the socket is given exactly the addresses that were looked at: there is no second question to DNS.
 */
export function vettedLookup(allowLoopback: boolean, resolve: Resolver = resolveBySystem): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (found) => {
        const [first] = found;
        if (!first || !found.every((one) => isReachable(one.address, allowLoopback))) return done(refusedAddress(host), "", 0);
        if (options.all) return done(null, found);
        return done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, "", 0),
    );
  };
}
