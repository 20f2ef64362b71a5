import { keyOf, titleOf } from "./draft";
import type { Wsdl } from "./read-wsdl";
import { elementOf, envelopeText, leafNamed } from "./wsdl-parts";
import type { Part } from "./xsd";

const LOGIN = /^(?:log_?-?(?:in|on)|sign_?-?in|authenticate|(?:create|open|start)Session|(?:get|create)Token)$/i;
const SECRET = /pass|secret|pwd|key|token/i;
const SESSION = /^(?:session|token|ticket|auth)_?(?:id|key|token|ticket)?$/i;
const ELSEWHERE = /^(?:server|service|endpoint|api)_?(?:url|address)$/i;

/** How to sign in, as far as a WSDL shows it; `account` and `header` go where their names say. */
export type DraftAuth = {
  auth: Record<string, unknown>;
  account: string;
  header: Record<string, unknown>;
  /** Names of what is entered or gained: no input of an action may be called so. */
  names: string[];
  login: string | null;
  notes: string[];
};

function basic(host: Record<string, unknown>[], headers: readonly Part[]): DraftAuth {
  const fields = [...host, { key: "user", title: "User name" }, { key: "password", title: "Password", secret: true }];
  const notes = ["A WSDL does not tell how to sign in. User and password (HTTP Basic) are assumed: see `auth`."];
  const known = headers.map((one) => one.name);
  if (known.length > 0)
    notes.push(`Operations know the headers ${known.slice(0, 8).join(", ")}: what you need of them goes into \`protocol.header\`.`);
  return {
    auth: { basic: { type: "api_key", title: "User and password", basic: { username: "{user}", password: "{password}" }, fields } },
    account: "{user}",
    header: {},
    names: ["host", "user", "password"],
    login: null,
    notes,
  };
}

const escaped = (name: string): string => name.replace(/[.-]/g, "\\$&");

/** How to sign in to a service: by its own login operation and the header that carries what it gives, else by user and password. */
export function authOf({ operations, version }: Wsdl, url: string, host: Record<string, unknown>[]): DraftAuth {
  const headers = [...new Map(operations.flatMap((one) => one.headers).map((one) => [one.name, one])).values()];
  const login = operations.find(({ name, input }) => LOGIN.test(name) && leafNamed(input, SECRET));
  const given = login && leafNamed(login.output, SESSION);
  const carrier = given && headers.map((header) => ({ header, leaf: leafNamed(header, SESSION) })).find(({ leaf }) => leaf !== null);
  if (!login || !given || !carrier?.leaf) return basic(host, headers);
  const asked = login.input.parts.filter((one) => one.simple !== null);
  const keys = new Map(asked.map((one) => [one.name, keyOf(one.name, "value")]));
  const fields = asked.map((one) => ({
    key: keys.get(one.name),
    title: titleOf(one.name),
    ...(SECRET.test(one.name) ? { secret: true } : {}),
    ...(one.required ? {} : { required: false }),
  }));
  const text = envelopeText(version, login.input, (part) => (keys.has(part.name) ? `{${keys.get(part.name)}}` : undefined));
  const type = version === "1.1" ? "text/xml; charset=utf-8" : `application/soap+xml; charset=utf-8; action="${login.action}"`;
  const call = {
    url,
    headers: { accept: "text/xml", ...(version === "1.1" ? { soapaction: `"${login.action}"` } : {}) },
    text: { type, body: text },
  };
  const take = { session: { from: "text", pattern: `<(?:[A-Za-z][A-Za-z0-9_.-]*:)?${escaped(given.name)}(?: [^>]*)?>([^<]+)</` } };
  const elsewhere = leafNamed(login.output, ELSEWHERE);
  const leaf = carrier.leaf.name;
  const who = asked.find((one) => !SECRET.test(one.name))?.name;
  return {
    auth: {
      login: {
        type: "login",
        title: "User name and password",
        steps: [{ call, take, refusedText: "<faultstring[^>]*>([^<]*)" }],
        fields: [...host, ...fields],
      },
    },
    account: `{${keys.get(who ?? "") ?? fields[0]?.key}}`,
    header: elementOf(carrier.header, (part) => (part.name === leaf ? "{session}" : undefined)),
    names: ["host", "session", ...keys.values()],
    login: login.name,
    notes: [
      `Signing in is done by "${login.name}", whose ${given.name} goes into the header ${carrier.header.name}. Say with \`lifetimeMs\` how long a session lives, if you know.`,
      ...(elsewhere
        ? [`"${login.name}" answers with ${elsewhere.name}: take it with a pattern, and put it into \`http.baseUrl\`, if calls go there.`]
        : []),
    ],
  };
}
