/**
 * Codes by which the driver, or Postgres itself, says that the database is away; not that a statement was wrong.
 * 57P0x: shutting down or starting up; 53300: no free connection; 08xxx: connection lost.
 */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT|CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED)|57P0[1-3]|53300|08\w{3})$/;

/** When a caller may try again after an outage, in ms. */
export const OUTAGE_RETRY_MS = 2_000;

/** Whether this, or what caused it, is a database that does not answer. It passes, and is not the caller's fault. */
export function isOutage(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return AWAY.test(String(code ?? "")) || (cause !== undefined && cause !== null && isOutage(cause));
}

/** What {@link isOutage} recognises, for waiting that has gone on too long. */
export class DatabaseSilent extends Error {
  override readonly name = "DatabaseSilent";
  readonly code = "CONNECT_TIMEOUT";

  constructor(ms: number) {
    super(`the database did not answer in ${ms} ms`);
  }
}
