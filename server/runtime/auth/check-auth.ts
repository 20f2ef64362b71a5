import { secretOnCalls, secretOnRequests } from "./app-secret";
import { headerNameFault, holeOf } from "./header-name";
import { holesIn } from "./holes";
import { namesItsOwner } from "./host-tail";
import { isTokenPath, type Names, namesCredential, namesOf, type Source } from "./names";
import type { AuthMethod, Found } from "./schema";

export type AuthFault = { path: (string | number)[]; message: string };

/** Holes that are filled by the place they stand in, not by the credential. */
const LOCAL: Record<string, readonly string[]> = {
  pair: ["name", "value"],
  template: ["signature", "timestamp", "timestampMs", "iso", "nonce"],
  text: ["method", "host", "path", "query", "target", "body", "bodySha256", "sorted", "timestamp", "timestampMs", "iso", "nonce"],
  exchange: ["assertion"],
  sign: ["timestamp", "timestampMs", "iso", "nonce"],
};
type Visit = (text: string, path: (string | number)[]) => void;

function eachText(value: unknown, path: (string | number)[], visit: Visit): void {
  if (typeof value === "string") visit(value, path);
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) eachText(inner, [...path, Array.isArray(value) ? Number(name) : name], visit);
}

/** Why a value from there may not stand in a host at all, or null. */
function hostFault(name: string, source: Source): string | null {
  if (source.from === "us") return `"{${name}}" is a secret and cannot be part of a host`;
  if (source.secret)
    return `"{${name}}" is a secret and cannot be part of a host; take the part that is meant by a named group of its pattern, of at most 16 characters`;
  return source.pattern === null ? `"{${name}}" is part of a host: say with a pattern what it may look like` : null;
}

/** What is wrong with the holes of an address. `appSecret`: the secret of the vendor's app goes there, which its customers have no say in. */
export function urlFaults(url: string, names: Names, path: (string | number)[], appSecret = false): AuthFault[] {
  const [, authority = ""] = /^https:\/\/([^/?#]*)/.exec(url) ?? [];
  const held = holesIn(authority).flatMap((name) => {
    const source = names.get(name);
    return source ? [{ name, source }] : [];
  });
  const faults = held.flatMap(({ name, source }) => {
    const message = hostFault(name, source);
    return message ? [{ path, message }] : [];
  });
  const answered = held.find(({ source }) => source.from === "answer" || (appSecret && source.from === "form"));
  if (faults.length > 0 || !answered || namesItsOwner(authority, names)) return faults;
  const why =
    answered.source.from === "answer"
      ? "comes out of an answer and could lead anywhere"
      : "is typed by a customer, and the secret of the vendor's own app goes there";
  const remedy = `its pattern must end in a domain of the system's own, written out, such as [a-z0-9-]+\\.example\\.com`;
  return [{ path, message: `"{${answered.name}}" ${why}: ${remedy}` }];
}

function unknownHoles(method: AuthMethod, names: Names): AuthFault[] {
  const faults: AuthFault[] = [];
  const { fields: _fields, ...rest } = method;
  const appSecret = secretOnCalls(method);
  eachText(rest, [], (text, path) => {
    if (path.includes("pattern") || path[0] === "scopes") return;
    const local = path.flatMap((step) => LOCAL[String(step)] ?? []);
    for (const name of holesIn(text))
      if (!names.has(name) && !local.includes(name)) faults.push({ path, message: `"{${name}}" is filled by nothing` });
    if (text.startsWith("https://")) faults.push(...urlFaults(text, names, path, path[0] !== "authorizeUrl" && appSecret));
  });
  return faults;
}

/** Why a name that the customer is to enter cannot be one, or null. */
function enteredNameFault(name: string, names: Names): string | null {
  const hole = holeOf(name);
  if (hole === null) return null;
  const source = names.get(hole);
  if (!source) return `"{${hole}}" is filled by nothing`;
  if (source.secret) return `"{${hole}}" is a secret and cannot be a name`;
  return source.pattern === null ? `"{${hole}}" is a name: say with a pattern what it may look like` : null;
}

function nameFaults(method: AuthMethod, names: Names): AuthFault[] {
  const found = (["headers", "query"] as const).flatMap((part) =>
    Object.keys(method[part]).map((name) => {
      const message = holeOf(name) === null && part === "headers" ? headerNameFault(name) : enteredNameFault(name, names);
      return { path: [part, name], message };
    }),
  );
  return found.flatMap(({ path, message }) => (message === null ? [] : [{ path, message }]));
}

function headerFaults(method: AuthMethod, names: Names): AuthFault[] {
  const faults: AuthFault[] = [];
  const lines = (text: string, path: (string | number)[]) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(text)) faults.push({ path, message: "holds a character that cannot be sent" });
    for (const name of holesIn(text))
      if (names.get(name)?.lines) faults.push({ path, message: `"{${name}}" may have lines and fits a signature or a JSON body only` });
  };
  faults.push(...nameFaults(method, names));
  eachText(method.headers, ["headers"], lines);
  eachText(method.query, ["query"], lines);
  if ("cookies" in method) {
    eachText(method.cookies, ["cookies"], lines);
    eachText(method.basic ?? {}, ["basic"], lines);
    const twice = method.basic && Object.keys(method.headers).some((name) => name.toLowerCase() === "authorization");
    if (twice) faults.push({ path: ["basic"], message: "the authorization header is set already: empty `headers`" });
  }
  return faults;
}

function fieldFaults(method: AuthMethod): AuthFault[] {
  const keys = method.fields.map((field) => field.key);
  return keys.flatMap((key, n) => (keys.indexOf(key) === n ? [] : [{ path: ["fields", n], message: `there are two fields "${key}"` }]));
}

const KEPT_OPENLY = "would be kept and shown as an ordinary value of the account";

const openIn = (config: Record<string, Found>): Record<string, Found> =>
  Object.fromEntries(Object.entries(config).filter(([, one]) => typeof one === "string" || !("secret" in one)));

const nameOfSource = (one: Found | { param: string }): string => (typeof one === "string" ? one : "path" in one ? one.path : one.param);

type KeptPart = { at: (string | number)[]; kept: Record<string, Found | { param: string }>; proves: (name: string) => boolean };

/** What becomes config, and whether a name there is that of something that proves. */
function keptParts(method: AuthMethod): KeptPart[] {
  const parts: KeptPart[] = [];
  if ("token" in method)
    parts.push({ at: ["token", "config"], kept: method.token.config, proves: (path) => isTokenPath(method.token, path) });
  if (method.type === "oauth2_code") {
    const codes = [method.callback.code, "code", "state"];
    parts.push({
      at: ["callback", "config"],
      kept: method.callback.config,
      proves: (param) => codes.includes(param) || namesCredential(param),
    });
    for (const [n, { config }] of method.afterConnect.entries())
      parts.push({ at: ["afterConnect", n, "config"], kept: openIn(config), proves: namesCredential });
  }
  if (method.type === "oauth1")
    parts.push({ at: ["config"], kept: method.config, proves: (param) => param.startsWith("oauth_token") || namesCredential(param) });
  return parts;
}

/** What proves, and would become config: by the name it has there, or by the one it would be kept under. */
const keptOpenly = (method: AuthMethod): AuthFault[] =>
  keptParts(method).flatMap(({ at, kept, proves }) =>
    Object.entries(kept).flatMap(([key, one]) => {
      const name = [nameOfSource(one), key].find((each) => proves(each));
      const remedy =
        at[0] === "afterConnect" ? "keep it sealed with `secret: true`" : "place the credential by {accessToken} in the auth block";
      return name === undefined ? [] : [{ path: [...at, key], message: `"${name}" is a credential: it ${KEPT_OPENLY}; ${remedy}` }];
    }),
  );

/** Whether the secret of the vendor's app has a place of its own, besides the proof at the token endpoint. */
function wantsSecret(method: AuthMethod): boolean {
  const { fields: _fields, ...rest } = method;
  return holesIn(method.type === "oauth2_client" ? { ...rest, clientSecret: "" } : rest).includes("clientSecret");
}

function kindFaults(method: AuthMethod): AuthFault[] {
  const faults: AuthFault[] = keptOpenly(method);
  if ("clientAuth" in method && method.clientAuth === "private_key_jwt" && method.issuer === undefined)
    faults.push({ path: ["issuer"], message: "private_key_jwt speaks to the issuer: name it" });
  if ("clientAuth" in method && method.clientAuth === "none" && wantsSecret(method))
    faults.push({ path: ["clientAuth"], message: 'a public client has no secret: nothing would fill "{clientSecret}"' });
  if (method.type === "oauth2_code") {
    if (method.callback.hmac && method.clientAuth === "none")
      faults.push({ path: ["callback", "hmac"], message: "a public client has no secret to check a signature with" });
    if ("response_type" in method.authorizeParams)
      faults.push({ path: ["authorizeParams", "response_type"], message: "only the code flow is offered" });
  }
  if ("sign" in method && method.sign?.type === "digest" && method.sign.algorithm.startsWith("hmac-") && method.sign.key === undefined)
    faults.push({ path: ["sign", "key"], message: "an HMAC needs a key" });
  if (
    method.type === "login" &&
    method.steps.some(({ call }) => [call.form, call.json, call.text].filter((body) => body !== undefined).length > 1)
  )
    faults.push({ path: ["steps"], message: "a call has one body" });
  return faults;
}

/**
 * What is wrong with a manifest's auth blocks beyond their shape. Above all: a credential goes to hosts the manifest names,
 * or the customer did, and to no host an answer could choose.
 */
export function authFaults(
  auth: Readonly<Record<string, AuthMethod>>,
  { baseUrl, hosts = {} }: { baseUrl: string; hosts?: Readonly<Record<string, string>> },
): AuthFault[] {
  const bases = [{ url: baseUrl, at: ["baseUrl"] }, ...Object.entries(hosts).map(([key, url]) => ({ url, at: ["hosts", key] }))];
  return Object.entries(auth).flatMap(([key, method]) => {
    const names = namesOf(method);
    const appSecret = secretOnRequests(method);
    const own = [...unknownHoles(method, names), ...headerFaults(method, names), ...fieldFaults(method), ...kindFaults(method)];
    const ofBases = bases.flatMap(({ url, at }) => {
      const path = ["http", ...at];
      const unfilled = holesIn(url).filter((name) => !names.has(name));
      const missing = unfilled.map((name) => ({ path, message: `"{${name}}" is filled by nothing under auth.${key}` }));
      return [...missing, ...urlFaults(url, names, path, appSecret)];
    });
    return [...own.map((fault) => ({ ...fault, path: ["auth", key, ...fault.path] })), ...ofBases];
  });
}
