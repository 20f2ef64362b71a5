import { AppError } from "#server/lib/errors";
import { fill } from "../paths";
import type { Secret } from "../secret";
import type { Grant } from "../send";
import { headerNameFault } from "./header-name";
import type { AuthMethod } from "./schema";
import { signerOf } from "./sign";
import type { Signature } from "./signature-schema";

type Values = Readonly<Record<string, string>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const UNSAFE_COOKIE = /[\s",;\\\u0080-\uffff]/;

/** A header's text. Throws `config_invalid`, without the value, when it could end the header. */
export function headerOf(template: string, values: Values): string {
  const text = fill(template, values);
  if (CONTROL.test(text))
    throw new AppError("config_invalid", "A credential holds a line break or another character that headers cannot carry.");
  return text;
}

/** A header's name, which may be one that the customer entered. */
function headerNameOf(template: string, values: Values): string {
  const name = fill(template, values);
  const fault = headerNameFault(name);
  if (fault) throw new AppError("config_invalid", `The name of a header that was entered ${fault}.`);
  return name.toLowerCase();
}

/** `Authorization: Basic …` (RFC 7617, UTF-8). A colon in the user name would move the border to the password. */
export function basicOf({ username, password }: { username: string; password: string }, values: Values): string {
  const [user, pass] = [fill(username, values), fill(password, values)];
  if (user.includes(":")) throw new AppError("config_invalid", "A user name for Basic authentication cannot hold a colon.");
  if (CONTROL.test(user) || CONTROL.test(pass)) throw new AppError("config_invalid", "A credential holds a character that cannot be sent.");
  return `Basic ${Buffer.from(`${user}:${pass}`).toString("base64")}`;
}

function cookieOf(template: string, values: Values): string {
  const text = fill(template, values);
  if (CONTROL.test(text) || UNSAFE_COOKIE.test(text))
    throw new AppError("config_invalid", "A credential holds a character that cookies cannot carry.");
  return text;
}

/** The values a secret brings along, by the names templates use. */
export function valuesOf(secret: Secret): Record<string, string> {
  if (secret.type === "oauth2") return { ...secret.extra, ...secret.kept, accessToken: secret.accessToken };
  return secret.type === "session" ? { ...secret.values, ...secret.token } : secret.values;
}

const oauth1Signature = (method: Extract<AuthMethod, { type: "oauth1" }>): Signature => ({
  type: "oauth1",
  method: method.method,
  consumerKey: "{clientId}",
  consumerSecret: "{clientSecret}",
  token: "{accessToken}",
  tokenSecret: "{tokenSecret}",
  in: "header",
  ...(method.realm === undefined ? {} : { realm: method.realm }),
});

/** The vendor's app, where the method speaks of it. */
export type App = { clientId: string; clientSecret: string | null };

const appValues = (app: App | null): Record<string, string> =>
  app ? { clientId: app.clientId, ...(app.clientSecret === null ? {} : { clientSecret: app.clientSecret }) } : {};

/**
 * A secret made ready to go onto requests. `config` fills holes too, but never over a secret's own values. The app's secret is
 * known to headers and signatures, never to paths.
 */
export function grantOf(
  method: AuthMethod,
  secret: Secret,
  config: Record<string, string>,
  version: number,
  app: App | null = null,
): Grant {
  const values = { ...config, ...valuesOf(secret) };
  const all = { ...values, ...appValues(app) };
  const headers = Object.fromEntries(Object.entries(method.headers).map(([name, text]) => [headerNameOf(name, all), headerOf(text, all)]));
  const query = Object.fromEntries(Object.entries(method.query).map(([name, text]) => [fill(name, all), fill(text, all)]));
  if ("basic" in method && method.basic) headers["authorization"] = basicOf(method.basic, all);
  const cookies = "cookies" in method ? Object.entries(method.cookies) : [];
  if (cookies.length > 0) headers["cookie"] = cookies.map(([name, text]) => `${name}=${cookieOf(text, all)}`).join("; ");
  const body = "body" in method ? Object.entries(method.body).map(([path, text]) => [path, fill(text, all)]) : [];
  const signature = method.type === "oauth1" ? oauth1Signature(method) : "sign" in method ? method.sign : undefined;
  return {
    version,
    values,
    secrets: Object.keys(valuesOf(secret)).filter((name) => config[name] !== values[name]),
    headers,
    query,
    ...(body.length > 0 ? { body: Object.fromEntries(body) } : {}),
    ...(signature ? { sign: signerOf(signature, all) } : {}),
  };
}
