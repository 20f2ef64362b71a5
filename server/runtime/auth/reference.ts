import { z } from "zod";
import { AuthMethod } from "./schema";
import { Signature } from "./signature-schema";

type Schema = {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
};

const ABOUT: Record<string, string> = {
  oauth2_code: "A person signs in there and allows access; the code that comes back is exchanged for tokens.",
  oauth2_client: "Client credentials: the customer's own app, or the vendor's, asks for a token by itself.",
  jwt: "A signed assertion, which is the token itself or is exchanged for one (RFC 7523, service accounts, app installations).",
  login: "One or more calls that turn a user and password, or any other secret, into a token or session cookies.",
  api_key: "What was entered goes onto each request as it is: header, query, cookie, Basic, or only into a signature.",
  oauth1: "OAuth 1.0a with a person's consent. Without consent it is `api_key` with the signature `oauth1`.",
  none: "Nothing to prove.",
  aws_sigv4: "AWS Signature Version 4.",
  digest: "Any other signature: a digest, or a digest with a key, over a text put together from the request.",
};

const words = (schema: Schema): string => {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map(words))].join(" or ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((one) => `\`${String(one)}\``).join(" ");
  if (schema.type === "array") return `list of ${words(schema.items ?? {})}`;
  if (schema.type === "object" && !schema.properties) return "values by name";
  return schema.type === "string" ? "text" : (schema.type ?? "any");
};

/** One row a knob; those of a part stand under the part's name. Parts that are lists or choices stand for themselves. */
function rows(schema: Schema, prefix = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    if (name === "type" && prefix === "") return [];
    const filled = inner.default === undefined ? "" : `\`${JSON.stringify(inner.default)}\``;
    const needed = schema.required?.includes(name) && inner.default === undefined ? "needed" : filled;
    const row = `| \`${prefix}${name}\` | ${words(inner).replaceAll("|", "\\|")} | ${needed.replaceAll("|", "\\|")} |`;
    return inner.type === "object" && inner.properties ? [row, ...rows(inner, `${prefix}${name}.`)] : [row];
  });
}

function section(schema: Schema): string {
  const name = String(schema.properties?.["type"]?.const ?? "");
  return `### \`${name}\`\n\n${ABOUT[name] ?? ""}\n\n| key | value | default |\n| --- | --- | --- |\n${rows(schema).join("\n")}\n`;
}

const sections = (union: z.ZodType): string => {
  const { oneOf, anyOf } = z.toJSONSchema(union, { io: "input", reused: "inline" }) as Schema;
  return (oneOf ?? anyOf ?? []).map(section).join("\n");
};

/** docs/reference/auth-kinds.md */
export const authReference = (): string => `# Kinds of auth

Written from the schema by \`npm run docs\`. A connector's \`auth\` holds one or more of these, by names of its own; the vendor picks one.
Text may hold \`{holes}\`: answers of \`fields\`, named groups of their patterns, values taken out of answers, and \`{accessToken}\`
\`{refreshToken}\` \`{clientId}\` \`{clientSecret}\`. What fills a part of a host must say with a pattern what it may look like.

## Kinds

${sections(AuthMethod)}
## Signatures

Under \`sign\`. Computed when address, parameters and body of a request are final, anew each time it is sent.

${sections(Signature)}`;
