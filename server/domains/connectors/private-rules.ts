import { isPrivateKey, PRIVATE_PREFIX } from "#server/connectors/index";
import { namesOf } from "#server/runtime/auth/names";
import type { Manifest } from "#server/runtime/manifest";

type Fault = { path: PropertyKey[]; message: string };
type Visit = (text: string, path: PropertyKey[], name: string) => void;

const LIMITS: [what: string, most: number, sizeOf: (manifest: Manifest) => [path: PropertyKey[], size: number][]][] = [
  ["ways to connect", 10, ({ auth }) => [[["auth"], Object.keys(auth).length]]],
  ["questions", 20, ({ auth }) => Object.entries(auth).map(([key, { fields }]) => [["auth", key, "fields"], fields.length])],
  ["objects", 100, ({ objects }) => [[["objects"], Object.keys(objects).length]]],
  ["fields", 500, ({ objects }) => Object.entries(objects).map(([key, { fields }]) => [["objects", key, "fields"], fields.length])],
  ["actions", 100, ({ actions }) => [[["actions"], Object.keys(actions).length]]],
  ["rules", 50, ({ http }) => [[["http", "errors"], http.errors.length]]],
  ["categories", 10, ({ categories }) => [[["categories"], categories.length]]],
  ["characters", 80, ({ name }) => [[["name"], name.length]]],
  ["characters", 60, ({ key }) => [[["key"], key.length]]],
  ["characters", 4_000, ({ description }) => [[["description"], description.length]]],
];

/** Parts that are shown or compared and never sent. */
const NOT_SENT = new Set(["sample", "docs", "title", "description", "tagline", "help", "name", "categories", "fields", "input", "output"]);

/** What stands below is the vendor's own: any name may be one of a request's. */
const FREE = new Set(["body", "query", "headers", "cookies", "form", "json", "item", "header", "claims"]);
const BY_NAME = new Set(["objects", "actions", "auth"]);

const neverSent = (path: readonly PropertyKey[], name: string): boolean =>
  NOT_SENT.has(name) && !BY_NAME.has(String(path.at(-1))) && !path.some((step) => FREE.has(String(step)));

/** Every text a request is made of, outside the auth blocks. */
function sentTexts(value: unknown, path: PropertyKey[], visit: Visit): void {
  if (typeof value === "string") visit(value, path, String(path.at(-1)));
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (path.length === 0 && name === "auth") continue;
    if (!Array.isArray(value) && neverSent(path, name)) continue;
    sentTexts(inner, [...path, Array.isArray(value) ? Number(name) : name], visit);
  }
}

/** Names whose values prove something: secrets that were entered, ours, and what a login gave. */
function credentialNames({ auth }: Manifest): { secret: Set<string>; session: Set<string> } {
  const secret = new Set<string>();
  const session = new Set<string>();
  for (const method of Object.values(auth)) {
    for (const [name, source] of namesOf(method)) if (source.secret) secret.add(name);
    if (method.type === "login") for (const step of method.steps) for (const name of Object.keys(step.take)) session.add(name);
  }
  return { secret, session };
}

/** Filled by the webhook scheme itself, whatever an auth block calls its fields. */
const OF_SCHEMES = new Set(["secret", "url", "topic", "id"]);

/** A hole and the first of its names: `{api_key}`, `{data.email}`, `{api_key|quoted}`. */
const HOLE = /\{([A-Za-z]\w*)(?:[.|][^{}]*)?\}/g;

/** Kept as a hash and sent nowhere; or the header of a SOAP envelope, where such services want it, which goes to the same host. */
const mayProve = (path: readonly PropertyKey[]): boolean =>
  (path[0] === "identify" && path[1] === "account") ||
  path.some((step, n) => step === "protocol" && ["header", "usernameToken"].includes(String(path[n + 1])));

function misplaced(manifest: Manifest): Fault[] {
  const faults: Fault[] = [];
  const { secret, session } = credentialNames(manifest);
  sentTexts(manifest, [], (text, path) => {
    if (mayProve(path)) return;
    const base = path[0] === "http" && (path[1] === "baseUrl" || path[1] === "hosts");
    for (const [, name = ""] of text.matchAll(HOLE)) {
      if (path[0] === "webhooks" && OF_SCHEMES.has(name)) continue;
      if (secret.has(name) || (session.has(name) && !base))
        faults.push({
          path,
          message: `"{${name}}" is a credential: place it in the auth block (headers, query, cookies, body, basic or sign), nowhere else`,
        });
    }
  });
  return faults;
}

const KNOWN_SECRETS = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8,}/,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/,
  /\bxox[abposr]-[A-Za-z0-9-]{10,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bAIza[0-9A-Za-z_-]{30,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./,
  /\b(?:Bearer|Basic|Token)\s+[A-Za-z0-9+/_.=-]{16,}/i,
  /:\/\/[^/\s:@{}]+:[^/\s@{}]+@/,
];
const PROOF_NAMES =
  /^(?:authorization|proxy-authorization|cookie|.*(?:api[-_]?key|secret|password|passwd|access[-_]?token|auth[-_]?token))$/i;

/** Texts that look like somebody's secret written into the file, where everybody who reads the file reads it. */
function literalSecrets(manifest: Manifest): Fault[] {
  const faults: Fault[] = [];
  const message = "looks like a secret; ask for it with a field of the auth block and put a {hole} here";
  const visit: Visit = (text, path, name) => {
    const holder = String(path.at(-2));
    const value = text.replace(/^(?:Bearer|Basic|Token)\s+/i, "");
    const named = ["headers", "query", "cookies", "body", "form", "json"].includes(holder) && PROOF_NAMES.test(name);
    if (KNOWN_SECRETS.some((form) => form.test(text)) || (named && value.length >= 8 && !text.includes("{")))
      faults.push({ path, message });
  };
  sentTexts(manifest, [], visit);
  for (const [key, method] of Object.entries(manifest.auth)) sentTexts(method, ["auth", key], visit);
  return faults;
}

const INSIDE = /^(?:localhost|.*\.localhost|.*\.local|.*\.internal|.*\.lan|[^.]+|[\d.]+|\[.*\])$/i;

/** Texts that answers are compared with; no request goes there. */
const PATTERNS = new Set(["pattern", "matches", "refusedText"]);

function insideHosts(manifest: Manifest): Fault[] {
  const faults: Fault[] = [];
  const visit: Visit = (text, path, name) => {
    if (PATTERNS.has(name)) return;
    const host = /^https:\/\/([^/?#:]+)/.exec(text)?.[1] ?? "";
    if (host !== "" && !host.includes("{") && INSIDE.test(host))
      faults.push({ path, message: `"${host}" is not the name of a public host; requests go to public addresses only` });
  };
  sentTexts(manifest, [], visit);
  for (const [key, method] of Object.entries(manifest.auth)) sentTexts(method, ["auth", key], visit);
  return faults;
}

function keyFaults({ key }: Manifest): Fault[] {
  if (isPrivateKey(key)) return [];
  return [{ path: ["key"], message: `must start with "${PRIVATE_PREFIX}", as every private connector's does: "${PRIVATE_PREFIX}${key}"` }];
}

/** Objects that are spoken of and are not there. */
function strayNames(manifest: Manifest): Fault[] {
  const known = (name: string) => Object.hasOwn(manifest.objects, name);
  const stray = (name: string, path: PropertyKey[]): Fault[] => (known(name) ? [] : [{ path, message: `there is no object "${name}"` }]);
  return [
    ...Object.entries(manifest.objects).flatMap(([key, { each }]) => (each === undefined ? [] : stray(each, ["objects", key, "each"]))),
    ...Object.entries(manifest.webhooks?.events.objects ?? {}).flatMap(([topic, name]) =>
      stray(name, ["webhooks", "events", "objects", topic]),
    ),
  ];
}

/** What a vendor's manifest must heed beyond its shape: whose key, where secrets stand, where requests go, how much of everything. */
export function privateFaults(manifest: Manifest): Fault[] {
  const sizes = LIMITS.flatMap(([what, most, sizeOf]) =>
    sizeOf(manifest).flatMap(([path, size]) => (size > most ? [{ path, message: `has ${size} ${what}; at most ${most} are taken` }] : [])),
  );
  return [
    ...keyFaults(manifest),
    ...sizes,
    ...misplaced(manifest),
    ...literalSecrets(manifest),
    ...insideHosts(manifest),
    ...strayNames(manifest),
  ];
}

/** The hosts a manifest's requests go to, as written, holes and all. A credential goes to no other. */
export function hostsOf(manifest: Manifest): string[] {
  const hosts = new Set<string>();
  const visit: Visit = (text, _, name) => {
    const host = /^https:\/\/([^/?#]+)/.exec(text)?.[1];
    if (host !== undefined && !PATTERNS.has(name)) hosts.add(host);
  };
  sentTexts({ http: manifest.http, webhooks: manifest.webhooks }, [], visit);
  for (const method of Object.values(manifest.auth)) sentTexts(method, [], visit);
  return [...hosts].sort();
}
