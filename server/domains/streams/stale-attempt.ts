/** Thrown when another attempt has taken the stream over: this one must stop and touch nothing more. */
export class StaleAttempt extends Error {
  override name = "StaleAttempt";
}

/** An error of the database as ours, when it says that another attempt is at work. */
export function staleOr(error: unknown): unknown {
  return (error as { code?: string }).code === "IN001" ? new StaleAttempt((error as Error).message) : error;
}
