import { holesIn } from "#server/runtime/auth/holes";
import type { Manifest } from "#server/runtime/manifest";

export type Change = { path: string; kind: "added" | "removed" | "changed"; before: string | null; after: string | null };
/** What those who use the older version lose. `object` and `authKey` say whom it touches: both null = everybody. */
export type Breaking = { path: string; message: string; object: string | null; authKey: string | null };
export type Comparison = { changes: Change[]; breaking: Breaking[] };

const MAX_CHANGES = 500;
const TEXT = 300;

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const told = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "";
  return text.length > TEXT ? `${text.slice(0, TEXT - 1)}…` : text;
};
/** Lists of named things are compared by name, so that one put in the middle does not change all after it. */
const NAMES = ["key", "path", "scope", "url"];
function named(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const name = NAMES.find((one) => value.length > 0 && value.every((item) => isTree(item) && typeof item[one] === "string"));
  return name === undefined ? value : Object.fromEntries(value.map((item: Record<string, unknown>) => [String(item[name]), item]));
}

function differences(before: unknown, after: unknown, path: string, changes: Change[]): void {
  if (changes.length >= MAX_CHANGES) return;
  const [a, b] = [named(before), named(after)];
  if (isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
      differences(a[name], b[name], path === "" ? name : `${path}.${name}`, changes);
    return;
  }
  if (before === undefined && after === undefined) return;
  if (before === undefined) changes.push({ path, kind: "added", before: null, after: told(after) });
  else if (after === undefined) changes.push({ path, kind: "removed", before: told(before), after: null });
  else if (JSON.stringify(before) !== JSON.stringify(after))
    changes.push({ path, kind: "changed", before: told(before), after: told(after) });
}

function objectBreaks(key: string, before: Manifest["objects"][string], after: Manifest["objects"][string] | undefined): Breaking[] {
  const of = (path: string, message: string): Breaking => ({ path: `objects.${key}${path}`, message, object: key, authKey: null });
  if (!after) return [of("", `the object "${key}" is gone: its streams can read nothing more`)];
  const now = new Map(after.fields.map((field) => [field.path, field]));
  const fields = before.fields.flatMap((field) => {
    const found = now.get(field.path);
    if (!found) return [of(`.fields.${field.path}`, `the field "${field.path}" is gone: mappings that read it get nothing`)];
    return found.type === field.type
      ? []
      : [of(`.fields.${field.path}`, `the field "${field.path}" was ${field.type} and is ${found.type}`)];
  });
  const id = before.id === after.id ? [] : [of(".id", "records are told apart by another value: every record becomes a new one")];
  const records = before.records === after.records ? [] : [of(".records", "records are looked for at another place of the answer")];
  return [...fields, ...id, ...records];
}

function authBreaks(key: string, before: Manifest["auth"][string], after: Manifest["auth"][string] | undefined): Breaking[] {
  const of = (path: string, message: string): Breaking => ({ path: `auth.${key}${path}`, message, object: null, authKey: key });
  if (!after) return [of("", `the way to connect "${key}" is gone: connections made by it stop`)];
  if (after.type !== before.type)
    return [of(".type", `"${key}" was ${before.type} and is ${after.type}: connections have to be made anew`)];
  const had = new Set(before.fields.map((field) => field.key));
  const used = new Set(holesIn({ ...after, fields: [] }));
  const asked = after.fields.filter((field) => field.required && !had.has(field.key) && used.has(field.key));
  const questions = asked.map((field) => of(`.fields.${field.key}`, `"${field.key}" is asked now: connections made before do not have it`));
  const scopes = (method: Manifest["auth"][string]) => ("scopes" in method ? method.scopes.map(({ scope }) => scope) : []);
  const known = new Set(scopes(before));
  const more = scopes(after).filter((scope) => !known.has(scope));
  const wider = more.length === 0 ? [] : [of(".scopes", `${more.join(", ")} is asked for now: connections made before do not have it`)];
  return [...questions, ...wider];
}

/** What changed between two versions, and what of it takes something away from those who use the older one. */
export function compareManifests(
  before: { value: unknown; manifest: Manifest },
  after: { value: unknown; manifest: Manifest },
): Comparison {
  const changes: Change[] = [];
  differences(before.value, after.value, "", changes);
  const [a, b] = [before.manifest, after.manifest];
  const everybody = (path: string, message: string): Breaking => ({ path, message, object: null, authKey: null });
  const breaking = [
    ...Object.entries(a.auth).flatMap(([key, method]) => authBreaks(key, method, b.auth[key])),
    ...Object.entries(a.objects).flatMap(([key, object]) => objectBreaks(key, object, b.objects[key])),
    ...(a.http.baseUrl === b.http.baseUrl ? [] : [everybody("http.baseUrl", "requests go to another address")]),
    ...(told([a.identify.accountId, a.identify.account]) === told([b.identify.accountId, b.identify.account])
      ? []
      : [everybody("identify", "accounts are told apart by another value: a reconnected account looks like another one")]),
    ...(a.webhooks && !b.webhooks ? [everybody("webhooks", "calls of the third party are not taken any more")] : []),
  ];
  return { changes, breaking };
}
