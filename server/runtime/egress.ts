import type { Readable } from "node:stream";

/** One outbound request. `headers` hold credentials; they are dropped on any redirect to another host. */
export type EgressRequest = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Whole exchange, connect to last byte. Default 30 s. */
  timeoutMs?: number;
  /** Largest answer accepted, before and after decompression. Default 20 MiB. */
  limitBytes?: number;
  /** How many redirects are followed by hand; 0 = a redirect is returned as it is. Default 0. */
  redirects?: number;
  /** Ports that may be gone to besides 443 and 8443. */
  ports?: readonly number[];
  /** A fine answer comes as a stream, of any size; `limitBytes` is then for others, `timeoutMs` for its beginning. */
  stream?: true;
  signal?: AbortSignal;
};

/** Header names are lower-case. With a `stream`, whoever asked reads it to its end or destroys it; `body` is then empty. */
export type EgressResponse = { status: number; headers: Record<string, string>; body: Buffer; url: string; ms: number; stream?: Readable };

/**
 * The only way out of the product. Refuses (AppError `config_invalid`) addresses that are not public unicast unless loopback was
 * allowed by configuration; network failures and time-outs are AppError `provider_unavailable`. Any HTTP status is a response.
 */
export type Egress = (request: EgressRequest) => Promise<EgressResponse>;

/** An egress for requests of a connector that goes to further ports. Addresses are vetted as ever. */
export const egressTo = (egress: Egress, { http: { ports } }: { http: { ports: readonly number[] } }): Egress =>
  ports.length === 0 ? egress : (request) => egress({ ...request, ports });
