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
  signal?: AbortSignal;
};

/** Header names are lower-case. */
export type EgressResponse = { status: number; headers: Record<string, string>; body: Buffer; url: string; ms: number };

/**
 * The only way out of the product. Refuses (AppError `config_invalid`) addresses that are not public unicast unless loopback was
 * allowed by configuration; network failures and time-outs are AppError `provider_unavailable`. Any HTTP status is a response.
 */
export type Egress = (request: EgressRequest) => Promise<EgressResponse>;
