import { isDeepStrictEqual } from "node:util";
import { didYouMean } from "#server/lib/did-you-mean";
import type { Manifest } from "../manifest";
import { at as valueAt } from "../paths";
import { idPaths } from "../record-id";
import type { At, Fault } from "./holes-of";

/** Addresses that requests are put together from. */
export function baseFaults({ http }: Manifest): Fault[] {
  const bases: [At, string][] = [
    [["http", "baseUrl"], http.baseUrl],
    ...Object.entries(http.hosts).map(([key, url]): [At, string] => [["http", "hosts", key], url]),
  ];
  return bases.flatMap(([path, url]) => {
    if (url.endsWith("/")) return [{ path, message: "ends in a slash, and every path begins with one: leave it out" }];
    return /[?#]/.test(url) ? [{ path, message: "has a query, which paths would be put behind: give it to the requests" }] : [];
  });
}

/** Addresses on a port that no request would go to. */
export function portFaults({ http, auth }: Manifest): Fault[] {
  const open = [443, 8443, ...http.ports];
  const walk = (value: unknown, path: At): Fault[] => {
    if (typeof value === "object" && value !== null)
      return Object.entries(value).flatMap(([name, inner]) => walk(inner, [...path, Array.isArray(value) ? Number(name) : name]));
    const port = typeof value === "string" ? /^https:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(value)?.[1] : undefined;
    if (port === undefined || open.includes(Number(port))) return [];
    return [{ path, message: `port ${port} is not open: name it in \`http.ports\` (1024 to 65535), or use 443 or 8443` }];
  };
  return [...walk(http, ["http"]), ...walk(auth, ["auth"])];
}

/** Variants that no answer of the connect form can bring about. */
export function variantFaults({ auth, objects }: Manifest): Fault[] {
  const fields = Object.values(auth).flatMap((method) => method.fields);
  const keys = fields.map(({ key }) => key);
  return Object.entries(objects).flatMap(([key, { variants }]) =>
    variants.flatMap(({ when }, n) => {
      const at = ["objects", key, "variants", n, "when"];
      const asked = fields.filter((field) => field.key === when.field);
      if (asked.length === 0) {
        const meant = didYouMean(when.field, keys);
        return [
          {
            path: [...at, "field"],
            message: `no field of a connect form is called so${meant === null ? "" : `; did you mean "${meant}"?`}`,
          },
        ];
      }
      const options = asked.flatMap((field) => field.options?.map(({ value }) => value) ?? []);
      if (options.length === 0 || options.includes(when.is)) return [];
      return [{ path: [...at, "is"], message: `is none of the answers to choose from: ${options.slice(0, 10).join(", ")}` }];
    }),
  );
}

/** Names with a dot that everybody who reads a page of OData meets. */
const ODATA = /^(?:nextLink|deltaLink|count|etag|error|context|metadata|metadataEtag|id|type|editLink|readLink)$/;
/** What stands there is no path of ours. */
const OTHERS = new Set([
  "sample",
  "docs",
  "headers",
  "query",
  "body",
  "item",
  "description",
  "title",
  "label",
  "help",
  "tagline",
  "template",
]);

/** The path with the dot marked as part of a name, or null when it reads as it is meant. */
function escaped(path: string): string | null {
  const steps = path.split(/(?<!\\)\./);
  for (const [n, step] of steps.entries()) {
    const next = steps[n + 1];
    if (next === undefined) break;
    // An attribute of XML has nothing below it.
    if ((step.startsWith("@") && step !== "@") || (step === "odata" && ODATA.test(next)))
      return [...steps.slice(0, n), `${step}\\.${next}`, ...steps.slice(n + 2)].join(".");
  }
  return null;
}

const PATH_LIKE = /^[^\s/?=&:{}<>]+\.[^\s/?=&:{}<>]+$/;

/** Paths to names like `@odata.nextLink`, whose dot is read as a step: what is there is then never found. */
export function dottedFaults(value: unknown, at: At = []): Fault[] {
  if (typeof value === "string") {
    const meant = PATH_LIKE.test(value) ? escaped(value) : null;
    return meant === null
      ? []
      : [
          {
            path: at,
            message: `a dot leads into an object; where it is part of a name write "\\." (in JSON and quoted YAML "\\\\."): ${meant}`,
          },
        ];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    at[0] === "auth" || OTHERS.has(name) ? [] : dottedFaults(inner, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

/** The path by which a sample has what a path, read step by step, does not lead to: its name has a dot. */
function meantIn(sample: unknown, path: string): string | null {
  const steps = path.split(/(?<!\\)\./);
  for (let from = 0; from < steps.length - 1; from++)
    for (let to = from + 1; to < steps.length; to++) {
      const meant = [...steps.slice(0, from), steps.slice(from, to + 1).join("\\."), ...steps.slice(to + 1)].join(".");
      if (valueAt(sample, meant) !== undefined) return meant;
    }
  return null;
}

/** The paths by which a record's values are reached. */
function pathsIn(value: unknown, before = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return before === "" ? [] : [before];
  const own = before === "" ? [] : [before];
  const steps = Object.entries(value).map(([name, inner]): [string, unknown] => [name.replaceAll(".", "\\."), inner]);
  return [...own, ...steps.flatMap(([name, inner]) => pathsIn(inner, before === "" ? name : `${before}.${name}`))];
}

const splitPath = (path: string): [holder: string, name: string] => {
  const [, holder = "", name = path] = /^(.*)(?<!\\)\.(.+)$/.exec(path) ?? [];
  return [holder, name];
};

/** The path that was probably meant: another name in the same holder, or the same name in another. */
function nearPath(path: string, known: readonly string[]): string | null {
  const [holder, name] = splitPath(path);
  const beside = known.filter((one) => splitPath(one)[0] === holder).map((one) => splitPath(one)[1]);
  const sibling = didYouMean(name, beside);
  if (sibling !== null) return holder === "" ? sibling : `${holder}.${sibling}`;
  return didYouMean(
    path,
    known.filter((one) => splitPath(one)[1] === name),
  );
}

/** What to say of a path to which the sample has nothing; null where nothing hints at a mistake, and none has to be there. */
function lackWords(sample: unknown, path: string, among: readonly string[], needed: boolean): string | null {
  const dotted = meantIn(sample, path);
  if (dotted !== null) return `the sample has a name with a dot there: write ${dotted}`;
  const meant = nearPath(path, among);
  if (meant === null && !needed) return null;
  const remedy = meant === null ? "give it there what a record has" : `did you mean "${meant}"? Else give it there what a record has`;
  return `the sample has nothing at "${path}"; ${remedy}, or null where most have nothing`;
}

/**
 * Paths of a record that lead to nothing in its sample: nobody else would notice that they are wrong. What tells a record and its change must
 * be there; a declared field only where the sample has one of nearly that name that nobody declares.
 */
export function sampleFaults({ objects }: Manifest): Fault[] {
  return Object.entries(objects).flatMap(([key, { id, updatedAt, createdAt, fields, sample }]) => {
    const known = pathsIn(sample);
    const declared = [...idPaths(id), updatedAt, createdAt, ...fields.map(({ path }) => path)];
    const others = known.filter((one) => !declared.some((path) => path === one || path?.startsWith(`${one}.`)));
    const faultAt = (at: At, path: string | undefined, among: readonly string[], needed: boolean): Fault[] => {
      if (path === undefined || path.includes("{") || valueAt(sample, path) !== undefined) return [];
      const message = lackWords(sample, path, among, needed);
      return message === null ? [] : [{ path: ["objects", key, ...at], message }];
    };
    return [
      ...idPaths(id).flatMap((path, n) => faultAt(Array.isArray(id) ? ["id", n] : ["id"], path, known, true)),
      ...Object.entries({ updatedAt, createdAt }).flatMap(([name, path]) => faultAt([name], path, known, true)),
      ...fields.flatMap(({ path }, n) => faultAt(["fields", n, "path"], path, others, false)),
    ];
  });
}

/** Each fault once: what two ways of reading share is told of both. */
export const distinct = (faults: readonly Fault[]): Fault[] =>
  faults.filter((one, n) => faults.findIndex((other) => isDeepStrictEqual(one, other)) === n);
