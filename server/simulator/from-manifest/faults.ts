import type { Manifest } from "#server/runtime/manifest";
import type { Said } from "./role";
import { sampleText } from "./sample-text";
import { plant } from "./tree";
import { isRpc } from "./wire";

type Rule = Manifest["http"]["errors"][number];
type Code = Rule["code"];

const STATUS: Record<Code, number> = {
  provider_invalid_response: 400,
  provider_unavailable: 503,
  provider_rate_limited: 429,
  reauth_required: 401,
  insufficient_scope: 403,
  record_invalid: 422,
};

/** A value that the rule finds. */
function valueFor({ equals, not, matches }: Rule): unknown {
  if (equals !== undefined) return equals;
  if (not !== undefined) return typeof not === "boolean" ? !not : typeof not === "number" ? not + 1 : `${not}-not`;
  return matches === undefined ? "sample" : sampleText(matches);
}

/** The answer that one rule of a manifest means. */
export function answerOfRule({ http }: Manifest, rule: Rule): Said {
  let tree: unknown = {};
  tree = plant(tree, http.errorMessage, "A sample refusal.");
  if (http.success && rule.path !== http.success.path) tree = plant(tree, http.success.path, unlike(http.success.equals));
  if (rule.path !== undefined) tree = plant(tree, rule.path, valueFor(rule));
  const headers = rule.header === undefined ? {} : { headers: { [rule.header]: String(valueFor(rule)) } };
  return { status: rule.statuses?.[0] ?? 200, tree, ...headers };
}

const unlike = (value: NonNullable<Manifest["http"]["success"]>["equals"]): unknown =>
  typeof value === "boolean" ? !value : "sample-failure";

/** A procedure that failed: the answer itself is fine. */
function failure({ http }: Manifest, words: string): Said {
  const tree =
    http.protocol.type === "jsonrpc" ? { error: { code: -32_000, message: words } } : { fault: { faultCode: 4, faultString: words } };
  return { status: 200, tree: plant(tree, http.errorMessage, words) };
}

/** An answer that says no in the third party's own way: by a rule of the manifest where there is one, else by its status. */
export function refusal(manifest: Manifest, code: Code, words = "A sample refusal."): Said {
  const rule = manifest.http.errors.find((one) => one.code === code && one.path !== undefined);
  if (rule && code !== "provider_invalid_response" && code !== "provider_unavailable") return answerOfRule(manifest, rule);
  if (isRpc(manifest.http.protocol) && (code === "provider_invalid_response" || code === "record_invalid")) return failure(manifest, words);
  const status = code === "provider_rate_limited" ? (manifest.http.rateLimit.statuses[0] ?? 429) : STATUS[code];
  let tree = plant({}, manifest.http.errorMessage, words);
  if (manifest.http.success) tree = plant(tree, manifest.http.success.path, unlike(manifest.http.success.equals));
  return { status, tree };
}

/** A fine answer's tree before anything is in it. */
export const fineTree = ({ http }: Manifest): unknown =>
  http.success ? plant({}, http.success.path, [http.success.equals].flat()[0]) : {};

/**
 * A fine answer's tree before a list is in it. An XML document has one root: what the list takes from each of its children stands there under
 * names of their own, and not under the root's.
 */
export function listTree(manifest: Manifest, protocol: Manifest["http"]["protocol"], records: string): unknown {
  const tree = fineTree(manifest);
  const [, root] = /^([^.]+)\.\*(?:\.|$)/.exec(records) ?? [];
  return root === undefined || protocol.type !== "xml" ? tree : plant(tree, root, {});
}
