import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import {
  buildClientSchema,
  buildSchema,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";

const read = (file: string): string => (file.endsWith(".gz") ? gunzipSync(readFileSync(file)).toString() : readFileSync(file, "utf8"));

/** The schema in a folder: an introspection's answer, or its definition. Null when there is none. */
export function openSchema(folder: string): GraphQLSchema | null {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const asked = names.find((name) => /introspection\.json(\.gz)?$/.test(name));
  if (asked) return buildClientSchema(JSON.parse(read(path.join(folder, asked))).data, { assumeValid: true });
  const written = names.find((name) => /\.graphqls?(\.gz)?$/.test(name));
  // Published definitions may hold a field twice.
  return written ? buildSchema(read(path.join(folder, written)), { assumeValidSDL: true, assumeValid: true }) : null;
}

const isOperation = (one: { kind: string }): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION;

/** How a request differs from a schema: its document, and the values of its variables. */
export function graphqlFaults(schema: GraphQLSchema, body: string): string[] {
  const { query, variables = {} } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  const document = parse(query);
  const faults = validate(schema, document).map((one) => one.message);
  const operation = document.definitions.find(isOperation);
  if (faults.length > 0 || !operation) return faults;
  const known = (operation.variableDefinitions ?? []).map((one) => one.variable.name.value);
  const strange = Object.keys(variables).filter((name) => !known.includes(name));
  const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return [...strange.map((name) => `the variable "${name}" is not declared`), ...errors.map((one) => one.message)];
}
