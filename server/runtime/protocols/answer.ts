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

/** Whether an answer means "nothing (more)", or "done all the same", to this request. */
const isEnd = ({ ends }: Outgoing, status: number, json: unknown): boolean =>
  ends?.some((one) => one.status === status && (one.path === undefined || fits(at(json, one.path), one.equals))) ?? false;

/** What an answer says, or that it means "nothing (more)". Throws the AppError it stands for when it is not fine. */
export function readAnswer(
  request: Outgoing,
  answer: EgressResponse,
  { manifest, protocol, nowMs }: { manifest: Manifest; protocol: Protocol; nowMs: number },
): { json: unknown; ended: boolean } {
  const { status, headers, body } = answer;
  const ok = status >= 200 && status < 300;
  if (ok && body.length === 0 && isEnd(request, status, null)) return { json: null, ended: true };
  if (ok && body.length === 0 && request.write) return { json: null, ended: false };
  const json = ok ? decodeAnswer(manifest, protocol, body, headers["content-type"]) : decodeFault(protocol, body);
  const hidden = hiddenFault(protocol, json, ok);
  const rows = ok && hasRows(protocol) && at(json, "rows") !== undefined;
  const fault = faultOf({ status, headers, json, rows }, manifest, nowMs, hidden);
  if (fault && isEnd(request, status, json)) return { json, ended: true };
  if (fault) throw fault;
  return { json, ended: false };
}
