import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { buildSchema } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDescription, openOwn } from "./description";
import { graphqlFaults } from "./graphql";
import { type Published, violationsOf } from "./openapi";

const YAML = `openapi: 3.0.1
paths:
  /things:
    get:
      parameters:
        - { name: limit, in: query, required: true, schema: { type: integer, maximum: 100 } }
        - { name: created, in: query, style: deepObject, schema: { type: object } }
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Thing'
  '/things/{id}':
    delete: {}
components:
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        name: { type: string }
        kind: { type: string, enum: [a, b], nullable: true }
`;

let folder = "";
let published: Published[];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "contract-"));
  writeFileSync(path.join(folder, "spec.yml.gz"), gzipSync(YAML));
  published = [{ description: openDescription(path.join(folder, "spec.yml.gz")), prefix: "/v1" }];
});
afterAll(() => rmSync(folder, { recursive: true }));

const faultsBy = (by: readonly Published[], method: string, address: string, body?: object) =>
  violationsOf(by, {
    method,
    url: new URL(`https://api.example.com/v1${address}`),
    headers: body ? { "content-type": "application/json" } : {},
    body: body ? JSON.stringify(body) : "",
  });

const faults = (method: string, address: string, body?: object) => faultsBy(published, method, address, body);

test("a request as it is published has no fault", () => {
  expect(faults("GET", "/things?limit=5&created[gte]=1")).toEqual([]);
  expect(faults("POST", "/things", { name: "a", kind: null })).toEqual([]);
  expect(faults("DELETE", "/things/7")).toEqual([]);
});
test("an address nobody published is told apart from one that is", () => expect(faults("GET", "/others")).toBeNull());
test.each([
  ["GET", "/things", undefined, /"limit" is missing/],
  ["GET", "/things?limit=500", undefined, /must be <= 100/],
  ["GET", "/things?limit=many", undefined, /must be integer/],
  ["GET", "/things?limit=5&page=2", undefined, /"page" is not described/],
  ["PUT", "/things", { name: "a" }, /PUT is not described/],
  ["POST", "/things", undefined, /the body is missing/],
  ["POST", "/things", { kind: "a" }, /required property 'name'/],
  ["POST", "/things", { name: "a", kind: "c" }, /allowed values/],
  ["POST", "/things", { name: "a", colour: "red" }, /\.colour is unknown/],
])("%s %s %j is found fault with", (method, address, body, fault) => {
  expect(faults(method, address, body)?.join("; ")).toMatch(fault);
});

const RECORD = { attributes: { type: "Order" }, id: "801", Status: "Draft" };
test.each([
  ["salesforce", "GET", "/query", undefined, /"q" is missing/],
  ["salesforce", "GET", "/query?q=SELECT", undefined, /must match pattern/],
  ["salesforce", "PATCH", "/sobjects/Order/801", { Id: "801", Status: "Draft" }, /must NOT be valid/],
  ["salesforce", "PATCH", "/composite/sobjects", { records: [{ ...RECORD, attributes: {} }] }, /required property 'type'/],
  ["salesforce", "POST", "/composite/sobjects", { records: [RECORD] }, /must NOT be valid/],
  ["salesforce", "PUT", "/sobjects/Order/801", { Status: "Draft" }, /PUT is not described/],
  ["hubspot-quotes", "GET", "/crm/v3/objects/quotes?page=2", undefined, /"page" is not described/],
  ["hubspot-quotes", "POST", "/crm/v3/objects/line_items", { properties: { price: "1" } }, /required property 'associations'/],
  ["hubspot-quotes", "PATCH", "/crm/v3/objects/quotes/7", { properties: { amount: 1 } }, /must be string/],
])("%s, described by hand: %s %s %j is found fault with", (name, method, address, body, fault) => {
  const own = { description: openOwn(path.join(import.meta.dirname, "described", `${name}.yaml`)), prefix: "/v1" };
  expect(faultsBy([own], method, address, body)?.join("; ")).toMatch(fault);
});

const schema = buildSchema("type Query { thing(id: ID!): Thing } type Thing { id: ID! name: String }");
const asked = (query: string, variables: object = {}) => graphqlFaults(schema, JSON.stringify({ query, variables })).join("; ");
test("a GraphQL request is checked with its variables", () => {
  expect(asked("query($id: ID!) { thing(id: $id) { name } }", { id: "1" })).toBe("");
  expect(asked("query($id: ID!) { thing(id: $id) { colour } }", { id: "1" })).toMatch(/colour/);
  expect(asked("query($id: ID!) { thing(id: $id) { name } }")).toMatch(/\$id/);
  expect(asked("{ thing(id: 1) { name } }", { more: 1 })).toMatch(/"more" is not declared/);
});
