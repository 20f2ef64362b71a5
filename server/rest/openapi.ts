import { z } from "zod";
import { ERRORS } from "#server/lib/errors";
import type { Operation } from "./operation";
import { OPERATIONS } from "./operations";

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

function parametersOf(operation: Operation, input: Json): Json[] {
  const properties = (input["properties"] ?? {}) as Record<string, Json>;
  const required = new Set((input["required"] ?? []) as string[]);
  return Object.entries(properties).flatMap(([name, { description, ...schema }]) => {
    const inPath = operation.path.includes(`{${name}}`);
    if (!inPath && operation.method === "POST") return [];
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
  if (operation.method !== "POST") return null;
  const properties = Object.entries((input["properties"] ?? {}) as Json).filter(([name]) => !operation.path.includes(`{${name}}`));
  if (properties.length === 0) return null;
  const required = ((input["required"] ?? []) as string[]).filter((name) => properties.some(([own]) => own === name));
  const schema = { ...input, properties: Object.fromEntries(properties), required };
  return { required: required.length > 0, content: { "application/json": { schema } } };
}

function entryOf(operation: Operation, components: Json): Json {
  const input = schemaOf(operation.input, "input", components);
  const body = bodyOf(operation, input);
  const success = operation.output
    ? { description: "Done.", content: { "application/json": { schema: schemaOf(operation.output, "output", components) } } }
    : { description: "Done." };
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    parameters: parametersOf(operation, input),
    ...(body ? { requestBody: body } : {}),
    responses: {
      [String(operation.output ? (operation.status ?? 200) : 204)]: success,
      default: {
        description: "Refused or failed.",
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
    components: { schemas, securitySchemes: { secretKey: { type: "http", scheme: "bearer", description: "sk_test_… or sk_live_…" } } },
  };
}

let text: string | undefined;

/** {@link openApiDocument} as JSON text, built once; what `docs/reference/openapi.json` holds. */
export function openApiText(): string {
  text ??= `${JSON.stringify(openApiDocument(), null, 2)}\n`;
  return text;
}
