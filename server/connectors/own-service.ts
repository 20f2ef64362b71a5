import type { ManifestInput } from "#server/runtime/manifest";

type Auth = ManifestInput["auth"];
type Field = { key: string; title: string } & Partial<{
  help: string;
  example: string;
  pattern: string;
  secret: boolean;
  required: boolean;
  multiline: boolean;
  options: { value: string; title: string }[];
}>;

const HOST = "[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,24}(?::[0-9]{2,5})?";
const WAY = "[^?#{}\\s]{1,300}";
const NAME = "[A-Za-z][A-Za-z0-9_-]{0,79}";

/** Host and path of a service that nobody has described; `{host}` and `{+path_key}` in the manifest. */
export const addressFields = (path: { key: string; title: string; example: string }): Field[] => [
  {
    key: "host",
    title: "Host",
    help: "The host of the service, without https://.",
    example: "api.northwind.example",
    pattern: HOST,
  },
  { ...path, help: "What follows the host.", pattern: WAY },
];

/** The moments a service may want to be asked with, for a choice in the form. */
export const MOMENTS = [
  { value: "iso", title: "2026-11-21T09:30:00.000Z" },
  { value: "iso_s", title: "2026-11-21T09:30:00Z" },
  { value: "date", title: "2026-11-21" },
  { value: "unix_s", title: "Unix seconds" },
  { value: "unix_ms", title: "Unix milliseconds" },
] as const;

const client = (title: string, clientAuth: "body" | "basic", fields: Field[]): Auth[string] => ({
  type: "oauth2_client",
  title,
  clientAuth,
  clientId: "{client_id}",
  clientSecret: "{client_secret}",
  tokenUrl: "https://{token_host}/{+token_path}",
  tokenParams: { scope: "{scope}" },
  fields: [
    ...fields,
    { key: "token_host", title: "Host of the token endpoint", example: "login.northwind.example", pattern: HOST },
    { key: "token_path", title: "Path of the token endpoint", example: "oauth/token", pattern: WAY },
    { key: "scope", title: "Scopes", help: "Names with blanks between, if the service wants any.", required: false },
    { key: "client_id", title: "Client ID" },
    { key: "client_secret", title: "Client secret", secret: true },
  ],
});

/** The ways to prove oneself that most services know. Whoever offers the connector picks one. */
export const commonAuth = (fields: Field[]): Auth => ({
  bearer: {
    type: "api_key",
    title: "Bearer token",
    headers: { authorization: "Bearer {token}" },
    fields: [...fields, { key: "token", title: "Token", secret: true }],
  },
  header: {
    type: "api_key",
    title: "API key in a header",
    headers: { "{key_header}": "{api_key}" },
    fields: [
      ...fields,
      { key: "key_header", title: "Name of the header", example: "X-Api-Key", pattern: NAME },
      { key: "api_key", title: "API key", help: "With what stands before it, where the service wants that: Token abc123.", secret: true },
    ],
  },
  query: {
    type: "api_key",
    title: "API key in the address",
    query: { "{key_param}": "{api_key}" },
    fields: [
      ...fields,
      { key: "key_param", title: "Name of the parameter", example: "api_key", pattern: NAME },
      { key: "api_key", title: "API key", secret: true },
    ],
  },
  basic: {
    type: "api_key",
    title: "User and password",
    basic: { username: "{user}", password: "{password}" },
    fields: [...fields, { key: "user", title: "User name" }, { key: "password", title: "Password", secret: true, required: false }],
  },
  client: client("Client ID and secret (OAuth)", "body", fields),
  client_basic: client("Client ID and secret (OAuth, sent as user and password)", "basic", fields),
  open: { type: "none", title: "No sign-in", fields },
});
