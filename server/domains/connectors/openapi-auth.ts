import { freeKey, keyOf, titleOf } from "./draft";
import { type Json, listIn, objectIn, resolved, textIn } from "./openapi-schemas";

type Field = Record<string, unknown>;
export type OpenApiAuth = { auth: Record<string, Json>; account: string | null; notes: string[] };

const HEADERS_OF_OURS = /^(?:host|connection|content-length|transfer-encoding)$/i;

const key = (title: string, fields: Field[], place: Json, secret: Field): Json => ({
  type: "api_key",
  title,
  fields: [...fields, secret],
  ...place,
});

function ofKey(scheme: Json, title: string, fields: Field[]): Json | null {
  const name = textIn(scheme["name"]);
  const secret = { key: "api_key", title: titleOf(name) || "API key", secret: true };
  if (name === "" || HEADERS_OF_OURS.test(name)) return null;
  if (scheme["in"] === "query") return key(title, fields, { query: { [name]: "{api_key}" } }, secret);
  if (scheme["in"] === "cookie") return key(title, fields, { cookies: { [name]: "{api_key}" } }, secret);
  return key(title, fields, { headers: { [name.toLowerCase()]: "{api_key}" } }, secret);
}

const absolute = (url: unknown, base: string): string => {
  const text = textIn(url);
  return text.startsWith("https://") ? text : text.startsWith("/") ? base + text : "";
};

function ofOAuth(flows: Json, title: string, fields: Field[], base: string): Json | null {
  // Swagger 2 calls the flows by other names, and has one.
  const code = objectIn(flows["authorizationCode"] ?? flows["accessCode"]);
  const client = objectIn(flows["clientCredentials"] ?? flows["application"]);
  const scopesOf = (flow: Json) =>
    Object.entries(objectIn(flow["scopes"]))
      .map(([scope, reason]) => ({ scope, reason: textIn(reason) || `Use ${scope}` }))
      .sort((a, b) => (a.scope < b.scope ? -1 : 1));
  const [authorizeUrl, tokenUrl] = [absolute(code["authorizationUrl"], base), absolute(code["tokenUrl"], base)];
  if (authorizeUrl !== "" && tokenUrl !== "")
    return {
      type: "oauth2_code",
      title,
      authorizeUrl,
      tokenUrl,
      scopes: scopesOf(code),
      rotating: true,
      ...(fields.length > 0 ? { fields } : {}),
    };
  const clientUrl = absolute(client["tokenUrl"], base);
  if (clientUrl === "") return null;
  const own = [...fields, { key: "client_id", title: "Client ID" }, { key: "client_secret", title: "Client secret", secret: true }];
  const scope = scopesOf(client);
  return {
    type: "oauth2_client",
    title,
    clientId: "{client_id}",
    clientSecret: "{client_secret}",
    tokenUrl: clientUrl,
    ...(scope.length > 0 ? { scopes: scope } : {}),
    fields: own,
  };
}

function methodOf(scheme: Json, title: string, fields: Field[], base: string): Json | null {
  const type = textIn(scheme["type"]);
  const http = type === "basic" ? "basic" : type === "http" ? textIn(scheme["scheme"]).toLowerCase() : "";
  if (http === "basic")
    return {
      type: "api_key",
      title,
      basic: { username: "{user}", password: "{password}" },
      fields: [...fields, { key: "user", title: "User name" }, { key: "password", title: "Password", secret: true }],
    };
  if (http === "bearer")
    return key(title, fields, { headers: { authorization: "Bearer {token}" } }, { key: "token", title: "Token", secret: true });
  if (type === "apiKey") return ofKey(scheme, title, fields);
  if (type !== "oauth2") return null;
  const flows = scheme["flow"] === undefined ? objectIn(scheme["flows"]) : { [textIn(scheme["flow"])]: scheme };
  return ofOAuth(flows, title, fields, base);
}

/** What stands for the account where no call tells: what was entered. */
function accountOf(method: Json | undefined, host: Field[]): string | null {
  const fields = listIn(method?.["fields"]).map(objectIn);
  const named = fields.find((one) => ["user", "client_id", "api_key", "token"].includes(textIn(one["key"]))) ?? host[0];
  return named ? `{${textIn(named["key"])}}` : null;
}

/** The ways to sign in that a description names; `host` = what of its address is asked for. */
export function openApiAuth(root: Json, host: Field[], base: string): OpenApiAuth {
  const schemes = { ...objectIn(objectIn(root["components"])["securitySchemes"]), ...objectIn(root["securityDefinitions"]) };
  const auth: Record<string, Json> = {};
  const notes: string[] = [];
  for (const [name, one] of Object.entries(schemes).slice(0, 10)) {
    const method = methodOf(resolved(root, one), titleOf(name), host, base);
    if (method) auth[freeKey(auth, keyOf(name, "auth"))] = method;
    else notes.push(`The security scheme "${name}" cannot be taken over: see \`auth\`.`);
    if (method?.["type"] === "oauth2_code")
      notes.push(`"${name}": whether a refresh token is used once (\`rotating\`) is not told; it is taken to be.`);
  }
  if (Object.keys(auth).length === 0) {
    auth["open"] = { type: "none", title: "No sign-in", ...(host.length > 0 ? { fields: host } : {}) };
    notes.push("No way to sign in is described: see `auth`.");
  }
  return { auth, account: accountOf(Object.values(auth)[0], host), notes };
}
