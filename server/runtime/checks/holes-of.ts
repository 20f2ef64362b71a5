import { didYouMean } from "#server/lib/did-you-mean";
import { namesOf } from "../auth/names";
import type { Manifest } from "../manifest";
import type { Protocol } from "../protocols/schema";

export type Fault = { path: (string | number)[]; message: string };
export type At = (string | number)[];

/** A hole of a request (`whole`: it is all of its text): `{name}`, `{+way}`, of writes also `{data.email|lower}`. `root` is what stands before its first dot. */
export type Hole = { at: At; name: string; root: string; filters: string[]; way: boolean; whole: boolean };

/** What a request may be made of, readings and calls alike. */
export type Texts = {
  path: string;
  query: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>> | undefined;
  body?: unknown;
};

const HOLE = /\{(\+?)([A-Za-z][^{}|\s"',:]*)((?:\|[a-z0-9_]+)*)\}/g;
const ONE_HOLE = /^\{[A-Za-z][^{}\s"',:]*\}$/;
/** What people write who know other templates. */
const OTHER_HOLE = /\{\{\s*\+?[A-Za-z][\w.]*\s*\}\}|\{\s+[A-Za-z][\w.]*\s*\}|\{[A-Za-z][\w.]*\s+\}|\{[A-Za-z][\w.]*\s*\|\s+\w+\s*\}/;

type Visit = (text: string, at: At) => void;

/** Every text of a body, the names of its parts too. The document of a GraphQL request has braces of its own. */
function eachText(value: unknown, at: At, visit: Visit, skip: string | null = null): void {
  if (typeof value === "string") visit(value, at);
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) visit(name, [...at, name]);
    if (name === skip && !ONE_HOLE.test(String(inner))) continue;
    eachText(inner, [...at, Array.isArray(value) ? Number(name) : name], visit);
  }
}

/** Visits every text of a request that holes may stand in. */
export function eachRequestText(request: Texts, at: At, protocol: Protocol, visit: Visit): void {
  visit(request.path, [...at, "path"]);
  eachText(request.query, [...at, "query"], visit);
  for (const [name, text] of Object.entries(request.headers ?? {})) visit(text, [...at, "headers", name]);
  eachText(request.body, [...at, "body"], visit, protocol.type === "graphql" ? "query" : null);
}

/** The holes of a text. */
export const holesOfText = (text: string, at: At): Hole[] =>
  [...text.matchAll(HOLE)].map(([all, way, name = "", filters = ""]) => ({
    at,
    name,
    root: name.split(".", 1)[0] ?? "",
    filters: filters.split("|").slice(1),
    way: way === "+",
    whole: all === text,
  }));

/** The holes of a request, and what looks like a hole and is none. */
export function holesOfRequest(request: Texts, at: At, protocol: Protocol): { holes: Hole[]; faults: Fault[] } {
  const [holes, faults]: [Hole[], Fault[]] = [[], []];
  eachRequestText(request, at, protocol, (text, where) => {
    const [other] = OTHER_HOLE.exec(text) ?? [];
    if (other !== undefined) {
      const meant = `{${other.replace(/[{}\s]/g, "")}}`;
      faults.push({ path: where, message: `"${other}" is sent as it stands: a hole has one pair of braces and no blanks, "${meant}"` });
    } else holes.push(...holesOfText(text, where));
  });
  return { holes, faults };
}

/** What the connection knows of its account, by each way to connect. */
export type Known = { all: ReadonlySet<string>; lacking: (name: string) => string[] };

/** The names that a connection's own holes may have. */
export function knownTo(manifest: Manifest): Known {
  const methods = Object.entries(manifest.auth).map(([key, method]) => ({ key, names: namesOf(method) }));
  return {
    all: new Set(methods.flatMap(({ names }) => [...names.keys()])),
    lacking: (name) => methods.filter(({ names }) => !names.has(name)).map(({ key }) => key),
  };
}

/** Not told as a guess: whoever writes `{tokn}` does not mean our token. */
const OURS = new Set(["accessToken", "refreshToken", "clientId", "clientSecret", "tokenSecret"]);

/** What could be meant by a name that nothing fills. */
export function meantBy(name: string, names: Iterable<string>): string {
  const known = [...new Set(names)].filter((one) => !OURS.has(one));
  const meant = didYouMean(name, known);
  if (meant !== null) return `; did you mean "{${meant}}"?`;
  return known.length > 0
    ? `; known here: ${known
        .slice(0, 12)
        .map((one) => `{${one}}`)
        .join(", ")}`
    : "";
}

/** Why a name does not come from the connection, or null. `own`: further names that this place knows. */
export function connectionFault(name: string, known: Known, own: Iterable<string> = []): string | null {
  if (!known.all.has(name)) return `"{${name}}" is filled by nothing${meantBy(name, [...own, ...known.all])}`;
  const lacking = known.lacking(name);
  return lacking.length > 0 ? `"{${name}}" is filled by nothing under auth.${lacking.join(", auth.")}` : null;
}
