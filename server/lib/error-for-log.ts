/** An error as a log line holds it. */
export type LoggedError = {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  /** Text of the failed statement, with `$1` where its values were. */
  query?: string;
  cause?: unknown;
  errors?: unknown[];
};

type Loose = Error & { code?: unknown; query?: unknown; params?: unknown; errors?: unknown };

/** Causes deeper than this are left out: nobody reads them, and a chain may be a ring. */
const DEEPEST = 5;

/** The stack's frames alone: its head repeats the message. */
function framesOf({ stack = "", message }: Error): string {
  const at = stack.indexOf(message);
  return at < 0 ? "" : stack.slice(at + message.length).replace(/^\n/, "");
}

/** Postgres quotes what it could not read, so a statement's values are blanked in what it says too. */
const blanking = (params: readonly unknown[]) => {
  const values = params
    .map(String)
    .filter((value) => value.length > 3)
    .sort((a, b) => b.length - a.length);
  return (text: string) => values.reduce((rest, value) => rest.replaceAll(value, "[value]"), text);
};

/**
 * What a log may keep of anything thrown: its kind, message, code, stack and causes. Of a failed statement the text and
 * never the values: those are customers' records and sealed credentials. Everything else an error carries is left out.
 */
export function errorForLog(error: unknown): unknown {
  return written(error, (text) => text, 0);
}

function written(error: unknown, blank: (text: string) => string, depth: number): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? blank(error) : error;
  const { name, code, query, params, cause, errors } = error as Loose;
  const statement = typeof query === "string" && Array.isArray(params) ? { query, blank: blanking(params) } : null;
  const message = statement ? "a statement failed" : blank(error.message);
  const frames = framesOf(error);
  const deeper = (inner: unknown) => written(inner, statement?.blank ?? blank, depth + 1);
  const told: LoggedError = { type: error.constructor.name || name, message, stack: `${name}: ${message}\n${frames}`.trimEnd() };
  if (typeof code === "string" || typeof code === "number") told.code = code;
  if (statement) told.query = statement.query;
  if (depth < DEEPEST && cause !== undefined) told.cause = deeper(cause);
  if (depth < DEEPEST && Array.isArray(errors)) told.errors = errors.slice(0, 10).map(deeper);
  return told;
}
