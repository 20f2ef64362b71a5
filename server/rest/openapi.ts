import { z } from "zod";
import { ERRORS } from "#server/lib/errors";
import { type Operation, scopeOf } from "./operation";
import { OPERATIONS } from "./operations";
import { RATE } from "./rate-limit";

type Json = Record<string, unknown>;

const ProblemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(ERRORS) as [string, ...string[]]).meta({ description: "Stable; decide by this." }),
    detail: z.string(),
    next: z.string().meta({ description: "What to do about it." }),
    requestId: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    latest: z.number().int().optional().meta({ description: "Newest position of the change feed, when `after` lies beyond it." }),
  })
  .meta({ id: "Problem" });

/** A zod schema as JSON Schema; its named parts go to `components`, where the document keeps them. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override({ jsonSchema }) {
      // Answers may gain fields: a reader must not be told that they cannot.
      if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  }) as Json & { $defs?: Json };
  const move = (value: unknown): Json => JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
  for (const [name, part] of Object.entries($defs)) {
    const { id: __, ...rest } = move(part);
    components[name] = rest;
  }
  const { id, ...rest } = move(root);
  if (typeof id !== "string") return rest;
  components[id] = rest;
  return { $ref: `#/components/schemas/${id}` };
}

const hasBody = ({ method }: Operation) => method === "POST" || method === "PUT";

function parametersOf(operation: Operation, input: Json): Json[] {
  const properties = (input["properties"] ?? {}) as Record<string, Json>;
  const required = new Set((input["required"] ?? []) as string[]);
  return Object.entries(properties).flatMap(([name, { description, ...schema }]) => {
    const inPath = operation.path.includes(`{${name}}`);
    if (!inPath && hasBody(operation)) return [];
    return [
      {
        name,
        in: inPath ? "path" : "query",
        required: inPath || (required.has(name) && !("default" in schema)),
        ...(description === undefined ? {} : { description }),
        schema,
      },
    ];
  });
}

function bodyOf(operation: Operation, input: Json): Json | null {
  if (!hasBody(operation)) return null;
  const properties = Object.entries((input["properties"] ?? {}) as Json).filter(([name]) => !operation.path.includes(`{${name}}`));
  if (properties.length === 0) return null;
  const required = ((input["required"] ?? []) as string[]).filter((name) => properties.some(([own]) => own === name));
  const schema = { ...input, properties: Object.fromEntries(properties), required };
  return { required: required.length > 0, content: { "application/json": { schema } } };
}

const SECRET_KEY = {
  type: "http",
  scheme: "bearer",
  description:
    "sk_test_… or sk_live_…. A key has scopes: `read` for every GET, `write` for what changes something, `sessions` for opening the marketplace. A call outside of them is refused with 403.",
};

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "A new key for each change, such as a UUID. Sent again within 24 hours with the same input, the call is not done again: it answers as before, with `Idempotency-Replayed: true`. With another input it is refused with 422; while the first call is at work, with 409.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const HEADERS = {
  "RateLimit-Limit": {
    description: `Calls a key may make at once after a rest; ${RATE.perSecond} a second come back.`,
    schema: { type: "integer" },
  },
  "RateLimit-Remaining": { description: "Calls it may make now.", schema: { type: "integer" } },
  "RateLimit-Reset": {
    description: "Seconds until it has all of them again, or, refused with 429, until the next.",
    schema: { type: "integer" },
  },
  "Retry-After": { description: "With 429 and 503: seconds to wait.", schema: { type: "integer" } },
};

/** How the key stands, in every answer. */
const STANDING = Object.fromEntries(
  Object.keys(HEADERS).flatMap((name) => (name === "Retry-After" ? [] : [[name, { $ref: `#/components/headers/${name}` }]])),
);

function entryOf(operation: Operation, components: Json): Json {
  const input = schemaOf(operation.input, "input", components);
  const body = bodyOf(operation, input);
  const success = operation.output
    ? {
        description: "Done.",
        headers: STANDING,
        content: {
          "application/json": { schema: schemaOf(operation.output, "output", components) },
          ...(operation.markdown ? { "text/markdown": { schema: { type: "string" } } } : {}),
        },
      }
    : { description: "Done.", headers: STANDING };
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    security: [{ secretKey: [scopeOf(operation)] }],
    parameters: [...parametersOf(operation, input), ...(operation.method === "POST" ? [IDEMPOTENCY_KEY] : [])],
    ...(body ? { requestBody: body } : {}),
    responses: {
      [String(operation.output ? (operation.status ?? 200) : 204)]: success,
      ...(operation.isPending ? { 202: { ...success, description: "Not over yet: it goes on by itself. Ask again with its id." } } : {}),
      default: {
        description: "Refused or failed.",
        headers: { ...STANDING, "Retry-After": { $ref: "#/components/headers/Retry-After" } },
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** The OpenAPI 3.1 document, derived from the declarations the API itself runs on. */
export function openApiDocument(): Json {
  const schemas: Json = {};
  schemaOf(ProblemBody, "output", schemas);
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: entryOf(operation, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Inlay API",
      version: "1",
      description: "For your backend. Send your secret key as a bearer token; never from a browser.",
    },
    servers: [{ url: "/" }],
    security: [{ secretKey: [] }],
    paths,
    components: { schemas, headers: HEADERS, securitySchemes: { secretKey: SECRET_KEY } },
  };
}

let text: string | undefined;

/** {@link openApiDocument} as JSON text, built once; what `docs/reference/openapi.json` holds. */
export function openApiText(): string {
  text ??= `${JSON.stringify(openApiDocument(), null, 2)}\n`;
  return text;
}
