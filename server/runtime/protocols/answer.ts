import { faultOf } from "../classify";
import type { EgressResponse } from "../egress";
import type { Manifest } from "../manifest";
import { at } from "../paths";
import type { Outgoing } from "../send";
import { decodeAnswer, decodeFault, hiddenFault } from "./codec";
import { hasRows } from "./rows";
import type { Protocol } from "./schema";

const fits = (found: unknown, equals: string | number | boolean | undefined): boolean =>
  equals === undefined ? found !== undefined && found !== null && found !== "" : found === equals;

/** Whether an answer is one of those that mean something of their own to this request. */
const isOneOf = (some: Outgoing["ends"], status: number, json: unknown): boolean =>
  some?.some((one) => one.status === status && (one.path === undefined || fits(at(json, one.path), one.equals))) ?? false;

/** `ended`: there is nothing (more), or it is done all the same. `absent`: there is no such list. `expired`: the way here has run out. */
export type Said = { json: unknown; ended?: true; absent?: true; expired?: true };

/** What a readable answer means to this request; null for what it says. */
function meaningOf(request: Outgoing, status: number, json: unknown): Omit<Said, "json"> | null {
  if (isOneOf(request.expired, status, json)) return { expired: true };
  if (isOneOf(request.absent, status, json)) return { ended: true, absent: true };
  return isOneOf(request.ends, status, json) ? { ended: true } : null;
}

/** What an answer says, or what it means to this request. Throws the AppError it stands for when it is not fine. */
export function readAnswer(
  request: Outgoing,
  answer: EgressResponse,
  { manifest, protocol, nowMs }: { manifest: Manifest; protocol: Protocol; nowMs: number },
): Said {
  const { status, headers, body } = answer;
  const ok = status >= 200 && status < 300;
  if (ok && body.length === 0 && isOneOf(request.ends, status, null)) return { json: null, ended: true };
  if (ok && body.length === 0 && (request.write || request.bare)) return { json: null };
  const json = ok ? decodeAnswer(manifest, protocol, body, headers["content-type"]) : decodeFault(protocol, body);
  const hidden = hiddenFault(protocol, json, ok);
  const rows = ok && hasRows(protocol) && at(json, "rows") !== undefined;
  const fault = faultOf({ status, headers, json, rows }, manifest, nowMs, hidden);
  const meaning = meaningOf(request, status, json);
  if (fault && !meaning) throw fault;
  return { json, ...meaning };
}
