/** A scripted misbehaviour. It strikes API requests whose path contains `match`; null means those that read or write records. */
export type Fault = {
  kind: "status" | "html200" | "hang" | "reset" | "truncate" | "empty" | "cursor_loop" | "invalid_grant";
  match: string | null;
  /** Strikes requests of this method only. */
  method: string | null;
  /** The request is carried out first, and the fault comes in place of its answer. */
  after: boolean;
  /** For `status`. */
  status: number;
  /** Value of the `Retry-After` header, as it is sent; null for none. */
  retryAfter: string | null;
  /** Strikes every nth matching request. */
  everyNth: number;
  /** How often it still strikes. */
  left: number;
  seen: number;
};

/** What a test or a person can turn while the simulator runs. */
export type Controls = {
  latencyMs: number;
  accessTokenTtlSeconds: number;
  /** How far the source's clock is ahead of this machine's: its `Date` header and the times of changes. */
  clockAheadMs: number;
  /** Requests per account in ten seconds before a 429. */
  ratePer10s: number;
  /** Scopes a customer does not grant, whatever was asked for. */
  withholdScopes: string[];
  /** Sends `Cross-Origin-Opener-Policy: same-origin` on the consent page, which cuts `window.opener`. */
  isolateOpener: boolean;
  faults: Fault[];
};

export function defaultControls(): Controls {
  return {
    latencyMs: 0,
    clockAheadMs: 0,
    accessTokenTtlSeconds: 120,
    ratePer10s: 100_000,
    withholdScopes: [],
    isolateOpener: false,
    faults: [],
  };
}

/** The fault that strikes this request, if any; counts it as used. */
export function strike(controls: Controls, path: string, method: string): Fault | null {
  for (const fault of controls.faults) {
    if (fault.left <= 0 || !isMeant(fault, path) || (fault.method !== null && fault.method !== method)) continue;
    fault.seen++;
    if (fault.seen % fault.everyNth !== 0) continue;
    fault.left--;
    return fault;
  }
  return null;
}

const RECORD_PATH = /^\/(api\.hubapi\.com\/crm\/v3\/objects|api\.sandbox-crm\.example\/v1)\/(?!me$)/;

function isMeant(fault: Fault, path: string): boolean {
  return fault.match === null ? RECORD_PATH.test(path) : path.includes(fault.match);
}
