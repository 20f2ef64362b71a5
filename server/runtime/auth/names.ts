import { groupIn, groupNames, type Part, partsOfPattern, publicGroups } from "./pattern-parts";
import type { AuthMethod, Found, OAuth2Code, TokenShape } from "./schema";

/** Where a value for holes comes from, as far as it matters for where a request may go. */
export type Source = {
  /** What the value, or the answer it is part of, must look like; null = anything. */
  pattern: string | null;
  /** What it can be, as far as its pattern tells. */
  part: Part | null;
  /** Typed by the customer (`form`), or out of an answer of somebody's server. */
  from: "form" | "answer" | "us";
  secret: boolean;
  /** May hold line ends. */
  lines: boolean;
};

export type Names = Map<string, Source>;

const OURS: Source = { pattern: null, part: null, from: "us", secret: true, lines: false };

/** A value out of an answer, and the groups of what it must look like. `first`: only its first group is taken. */
function addAnswered(names: Names, key: string, pattern: string | null, { secret = false, first = false } = {}): void {
  const whole = pattern === null ? null : partsOfPattern(pattern);
  const source: Source = { pattern, part: whole, from: "answer", secret, lines: false };
  for (const group of pattern === null ? [] : groupNames(pattern)) names.set(group, { ...source, part: whole && groupIn(whole, group) });
  names.set(key, { ...source, part: first && whole ? (groupIn(whole, null) ?? whole) : whole });
}

function addFound(names: Names, config: Record<string, Found>): void {
  for (const [key, found] of Object.entries(config)) {
    const { pattern = null, secret } = typeof found === "string" ? {} : { secret: false, ...found };
    addAnswered(names, key, pattern, { secret: secret === true });
  }
}

const plain = (text: string) => text.replace(/[^\w-]/g, "\\$&");

/** The parts that an answer of the form is taken apart into. Those of a secret are secret, but for the short ones. */
function addEnteredGroups(names: Names, entered: Source): void {
  const { pattern, part, secret } = entered;
  if (pattern === null) return;
  const open = secret ? publicGroups(pattern) : null;
  for (const group of groupNames(pattern))
    names.set(group, { ...entered, part: part && groupIn(part, group), secret: open !== null && !open.has(group) });
}

function addFields(names: Names, method: AuthMethod): void {
  for (const { key, pattern: own, options, secret, multiline, json = {} } of method.fields) {
    const pattern = own ?? options?.map(({ value }) => plain(value)).join("|") ?? null;
    const part = pattern === null ? null : partsOfPattern(pattern);
    const source: Source = { pattern, part, from: "form", secret, lines: multiline };
    for (const inner of Object.keys(json)) names.set(inner, { ...source, pattern: null, part: null, lines: true });
    addEnteredGroups(names, source);
    names.set(key, source);
  }
}

function addCode(names: Names, { callback, afterConnect }: OAuth2Code): void {
  // What contradicts an answer of the form is refused: the form's own rule holds.
  for (const [key, { pattern }] of Object.entries(callback.config)) {
    const entered = names.get(key);
    addAnswered(names, key, pattern);
    if (entered) names.set(key, entered);
  }
  for (const { config } of afterConnect) addFound(names, config);
}

const CREDENTIAL = /(?:^|_)(?:token|secret|password|passwd|api_?key|private_key|secret_key|jwt)$/;

/** Whether a name, or the last one of a path, is one that credentials have: `access_token`, `accessToken`, `apiKey`. */
export function namesCredential(path: string): boolean {
  const last = path.split(".").findLast((step) => /\D/.test(step)) ?? "";
  return CREDENTIAL.test(last.replace(/(?<=[a-z0-9])(?=[A-Z])|-/g, "_").toLowerCase());
}

/** Whether a path of a token endpoint's answer leads to what proves: that would be kept, and shown, as an ordinary value. */
export const isTokenPath = ({ accessToken, refreshToken }: TokenShape, path: string): boolean =>
  path === accessToken || path === refreshToken || namesCredential(path);

/** Every name the holes of a method may use, and where its value comes from. */
export function namesOf(method: AuthMethod): Names {
  const names: Names = new Map();
  addFields(names, method);
  const shape: TokenShape | null = "token" in method ? method.token : null;
  if (shape) addFound(names, shape.config);
  if (method.type === "oauth2_code") addCode(names, method);
  if (method.type === "oauth1") for (const [key, { pattern }] of Object.entries(method.config)) addAnswered(names, key, pattern);
  if (method.type === "login")
    for (const [key, { pattern = null, from }] of method.steps.flatMap((step) => Object.entries(step.take)))
      addAnswered(names, key, pattern, { first: from === "text" });
  for (const ours of ["accessToken", "refreshToken", "clientId", "clientSecret", "tokenSecret"]) names.set(ours, OURS);
  return names;
}
