import { z } from "zod";
import { AppError } from "#server/lib/errors";
import { issueWords } from "#server/lib/issue-words";
import { addressOf, type RestCall } from "./call";

export const BODY_LIMIT_BYTES = 1_048_576;
const DEPTH_LIMIT = 32;

/** The body is larger than we read; its own class because 413 is no code of ours. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

const invalid = (message: string, issues?: { path: string; message: string }[]) =>
  new AppError("invalid", message, issues ? { details: { issues } } : {});

async function readText(request: RestCall): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_LIMIT_BYTES) throw new BodyTooLarge();
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT_BYTES) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw invalid("The body is not valid UTF-8.");
  }
}

/** Counts brackets outside strings, so that depth is known before anything is built. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "").match(/[[\]{}]/g) ?? []) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** The JSON object of a body; an empty body is an empty object. */
async function readBody(request: RestCall): Promise<Record<string, unknown>> {
  const text = await readText(request);
  if (text.trim() === "") return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type))
    throw invalid("Send the body as JSON, with the header `Content-Type: application/json`.");
  if (depthOf(text) > DEPTH_LIMIT) throw invalid(`The JSON is nested deeper than ${DEPTH_LIMIT} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`The body is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("The body must be a JSON object.");
  return value as Record<string, unknown>;
}

function readQuery(search: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(search)) {
    if (Object.hasOwn(query, key)) throw invalid(`The parameter "${key}" is given twice.`, [{ path: key, message: "is given twice" }]);
    query[key] = value;
  }
  return query;
}

/** The names an operation takes, by which a misspelled one is told. */
const namesOf = (schema: z.ZodType) => (path: readonly PropertyKey[]) =>
  path.length === 0 && schema instanceof z.ZodObject ? [{ properties: schema.shape as Record<string, object> }] : [];

/**
 * Everything an operation is given, as one flat object checked by its schema: parameters of the path, and the query (GET,
 * DELETE) or the JSON body (POST). Unknown names are refused.
 */
export async function readInput<S extends z.ZodType>(schema: S, request: RestCall, params: Record<string, string>): Promise<z.output<S>> {
  const { search } = addressOf(request.url);
  const bodied = request.method === "POST" || request.method === "PUT" || request.method === "PATCH";
  if (bodied && search !== "") throw invalid("This operation takes its input in the body, not in the query.");
  const given = bodied ? await readBody(request) : readQuery(search);
  const clash = Object.keys(params).find((key) => Object.hasOwn(given, key));
  if (clash !== undefined) throw invalid(`"${clash}" belongs in the path.`, [{ path: clash, message: "belongs in the path" }]);
  const nul = Object.entries({ ...given, ...params }).find(([, value]) => JSON.stringify(value)?.includes("\\u0000"));
  if (nul)
    throw invalid(`"${nul[0]}" holds a NUL character, which no value of ours does.`, [{ path: nul[0], message: "holds a NUL character" }]);
  const parsed = schema.safeParse({ ...given, ...params });
  if (parsed.success) return parsed.data;
  const found = issueWords(parsed.error.issues, { ...given, ...params }, namesOf(schema));
  const issues = found.map(({ path, message }) => ({ path: path.join("."), message }));
  throw invalid(issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; "), issues);
}
