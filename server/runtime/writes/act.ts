import type { PageFacts } from "#server/db/schema/streams";
import { AppError } from "#server/lib/errors";
import type { Manifest } from "../manifest";
import { at, put } from "../paths";
import type { Send } from "../send";
import { type Field, invalidData, issuesOf } from "./check-data";
import { fillCall } from "./fill";
import { givenOf, type WriteItem, type WritePlan } from "./plan";
import { meansNone } from "./read-one";
import { refusedBy, resultOfError, type WriteResult } from "./result";
import type { Action } from "./schema";
import { type Work, writeOne } from "./write-one";
import type { Writing } from "./writer";

/** What an action came to; `result` null = the system found nothing. */
export type ActionResult = { outcome: "done"; result: unknown } | Exclude<WriteResult, { outcome: "done" }>;

/** An action of a manifest. Throws `not_found`, and says which there are. */
export function actionOf(manifest: Manifest, key: string): Action {
  const action = Object.hasOwn(manifest.actions, key) ? manifest.actions[key] : undefined;
  if (action) return action;
  const there = Object.keys(manifest.actions);
  const which = there.length > 0 ? `There are ${there.join(", ")}.` : "It has none.";
  throw new AppError("not_found", `${manifest.name} has no action "${key.slice(0, 60)}". ${which}`);
}

const fieldsOf = (action: Action): Field[] => action.input.map((field) => ({ ...field, path: field.key }));

/** Throws `invalid`, naming each field, for input that an action does not take. */
export function checkInput(action: Action, input: Record<string, unknown>): void {
  const fault = invalidData(issuesOf(fieldsOf(action), input, { creating: true }));
  if (fault) throw fault;
}

function picked(action: Action, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => picked(action, one));
  const [only] = action.output;
  if (only && action.output.length === 1 && only.path === "$") return value;
  const found: Record<string, unknown> = {};
  for (const { path } of action.output) {
    const inner = at(value, path);
    if (inner !== undefined) put(found, path, inner);
  }
  return found;
}

/** The declared fields of an answer, by their paths; null when it says that there is nothing. */
export function resultIn(action: Action, status: number, json: unknown): unknown {
  if (json === null || json === undefined || meansNone(action.none, status, json)) return null;
  const value = at(json, action.result);
  return value === undefined || value === null ? null : picked(action, value);
}

function planOf(manifest: Manifest, action: Action, config: Readonly<Record<string, string>>): WritePlan {
  return {
    name: manifest.name,
    operation: "create",
    writes: { open: false, fields: [] },
    protocol: manifest.http.protocol,
    one: null,
    request: action.request,
    batch: null,
    id: undefined,
    record: undefined,
    also: action.none.filter((one) => one.status >= 300),
    refused: action.refused,
    once: action.once ?? null,
    guard: null,
    created: null,
    upsertKey: null,
    where: "id",
    inputs: action.input.map((field) => field.key),
    config,
  };
}

/** A question may be asked again: what came of one that got no answer is never unknown. */
async function lookUp(
  send: Send,
  plan: WritePlan,
  action: Action,
  item: WriteItem,
  signal: AbortSignal | undefined,
): Promise<ActionResult> {
  try {
    const request = fillCall(plan.request, givenOf(plan, item), plan.protocol);
    const reply = await send({ ...request, ends: plan.also }, signal);
    const refused = refusedBy(plan.refused, reply.json, plan.name);
    if (refused && refused.outcome !== "done") return refused;
    return { outcome: "done", result: reply.ended ? null : resultIn(action, reply.facts.status, reply.json) };
  } catch (error) {
    if (signal?.aborted) throw error;
    const result = resultOfError(error);
    if (result.outcome !== "unknown") return result.outcome === "done" ? { outcome: "done", result: null } : result;
    return { outcome: "later", code: "provider_unavailable", message: result.message, retryAfterMs: null, again: false };
  }
}

/**
 * Does one action, or asks one question, on a connection. `item.data` is its input, checked before by {@link checkInput}. An action
 * that may have been done is repeated only where its `once` makes that safe.
 */
export async function act(
  { send: outer, manifest, config = {}, nowMs, pauseMs = 400 }: Writing,
  action: Action,
  item: WriteItem,
  signal?: AbortSignal,
): Promise<{ result: ActionResult; calls: PageFacts[] }> {
  const calls: PageFacts[] = [];
  const send: Send = async (request, until) => {
    const reply = await outer(request, until);
    calls.push(reply.facts);
    return reply;
  };
  const plan = planOf(manifest, action, config);
  if (action.kind === "lookup") return { result: await lookUp(send, plan, action, item, signal), calls };
  const work: Work = { send, plan, read: async () => null, nowMs, pauseMs, signal };
  const written = await tried(work, item);
  if (written.outcome !== "done") return { result: written, calls };
  return { result: { outcome: "done", result: resultIn(action, calls.at(-1)?.status ?? 200, written.record) }, calls };
}

/** What cannot be sent is refused like what the third party refuses. */
async function tried(work: Work, item: WriteItem): Promise<WriteResult> {
  try {
    return await writeOne(work, item);
  } catch (error) {
    if (work.signal?.aborted) throw error;
    return resultOfError(error);
  }
}
