import { groupNames } from "./answers";
import type { AuthMethod, Found, OAuth2Code, TokenShape } from "./schema";

/** Where a value for holes comes from, as far as it matters for where a request may go. */
export type Source = {
  /** What the value, or the answer it is part of, must look like; null = anything. */
  pattern: string | null;
  /** Typed by the customer (`form`), or out of an answer of somebody's server. */
  from: "form" | "answer" | "us";
  secret: boolean;
  /** May hold line ends. */
  lines: boolean;
};

export type Names = Map<string, Source>;

const OURS: Source = { pattern: null, from: "us", secret: true, lines: false };

function addWithGroups(names: Names, key: string, source: Source): void {
  for (const group of source.pattern === null ? [] : groupNames(source.pattern)) names.set(group, source);
  if (!names.has(key)) names.set(key, source);
}

function addFound(names: Names, config: Record<string, Found>): void {
  for (const [key, found] of Object.entries(config))
    addWithGroups(names, key, { pattern: typeof found === "string" ? null : found.pattern, from: "answer", secret: false, lines: false });
}

function addFields(names: Names, method: AuthMethod): void {
  for (const { key, pattern: own = null, options, secret, multiline, json = {} } of method.fields) {
    const pattern = own ?? (options ? options.map(({ value }) => value.replace(/[^\w-]/g, "\\$&")).join("|") : null);
    const source: Source = { pattern, from: "form", secret, lines: multiline };
    for (const inner of Object.keys(json)) names.set(inner, { ...source, pattern: null, lines: true });
    for (const group of pattern === null ? [] : groupNames(pattern)) names.set(group, { ...source, secret: false });
    names.set(key, source);
  }
}

function addCode(names: Names, { callback, afterConnect }: OAuth2Code): void {
  for (const [key, { pattern }] of Object.entries(callback.config))
    addWithGroups(names, key, { pattern, from: "answer", secret: false, lines: false });
  for (const { config } of afterConnect) addFound(names, config);
}

/** Every name the holes of a method may use, and where its value comes from. */
export function namesOf(method: AuthMethod): Names {
  const names: Names = new Map();
  addFields(names, method);
  const shape: TokenShape | null = "token" in method ? method.token : null;
  if (shape) addFound(names, shape.config);
  if (method.type === "oauth2_code") addCode(names, method);
  if (method.type === "oauth1")
    for (const [key, { pattern }] of Object.entries(method.config))
      addWithGroups(names, key, { pattern, from: "answer", secret: false, lines: false });
  if (method.type === "login")
    for (const [key, { pattern = null }] of method.steps.flatMap((step) => Object.entries(step.take)))
      addWithGroups(names, key, { pattern, from: "answer", secret: false, lines: false });
  for (const ours of ["accessToken", "refreshToken", "clientId", "clientSecret", "tokenSecret"]) names.set(ours, OURS);
  return names;
}
