import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { getManifest } from "#server/connectors/index";
import type { ObjectSpec } from "#server/runtime/manifest";
import { idPaths } from "#server/runtime/record-id";
import type { Heard } from "#server/simulator/from-manifest/stand-in";
import { readBody } from "#server/simulator/from-manifest/wire";
import { CONTRACTS, type Contract } from "#tests/support/contracts";
import { strangePaths } from "./answers";
import { openDescription, openOwn } from "./description";
import { graphqlFaults, openSchema } from "./graphql";
import { type Published, violationsOf } from "./openapi";
import { sentBy, shapeOf } from "./sent";
import { operationFaults, readSchemas, strangers } from "./xml-schema";

const SPECS = process.env["INLAY_SPECS"] ?? path.join(import.meta.dirname, "..", "..", "..", "shared", "specs");
const there = existsSync(SPECS);
const SKIPPED = [
  ...Object.keys(CONTRACTS).filter((key) => (CONTRACTS[key]?.files ?? []).length > 0),
  "salesforce-soap",
  "shopify",
  "github",
];
if (!there)
  console.warn(
    `contract: no published descriptions at ${SPECS}. Not checked against them: ${SKIPPED.join(", ")}. INLAY_SPECS says where they are.`,
  );

function publishedOf(key: string): Published[] {
  const { files = [], alias, own } = CONTRACTS[key] ?? {};
  const folder = path.join(SPECS, key);
  const made = own ? [{ description: openOwn(path.join(import.meta.dirname, "described", own.file)), prefix: own.prefix }] : [];
  if (files.length === 0) return made;
  const found = readdirSync(folder)
    .filter((name) => /\.(json|ya?ml)\.gz$/.test(name))
    .flatMap((name) => {
      const found = files.find(([pattern]) => pattern.test(name));
      return found ? [{ description: openDescription(path.join(folder, name)), prefix: found[1], ...(alias ? { alias } : {}) }] : [];
    });
  return [...made, ...found];
}

/** Every request that a check finds fault with. */
function report(sent: readonly Heard[], check: (one: Heard) => readonly string[]): string {
  const faults = new Set(sent.flatMap((one) => check(one).map((fault) => `${shapeOf(one)}: ${fault}`)));
  return [...faults].sort().join("\n");
}

const below = (key: string, pattern: RegExp): string[] =>
  readdirSync(path.join(SPECS, key))
    .filter((name) => pattern.test(name))
    .map((name) => path.join(SPECS, key, name));

/** A request without the parameters that its description leaves out. */
function withoutUnlisted(sent: Heard, { unlisted = [] }: Contract): Heard {
  const url = new URL(sent.url);
  for (const { at, names } of unlisted) if (at.test(url.pathname)) for (const name of names) url.searchParams.delete(name);
  return { ...sent, url };
}

/** Where an object's records come from in the end, and where in that answer they stand. */
function readingOf(object: string, { get, records }: ObjectSpec): { roles: string[]; records: string } {
  if (!get) return { roles: [`${object}.list`, `${object}.changes`], records };
  return { roles: [`${object}.get`], records: get.batch?.records ?? get.record };
}

const fieldsOf = ({ id, updatedAt, fields, parent }: ObjectSpec): string[] =>
  [...new Set([...idPaths(id), ...(updatedAt === undefined ? [] : [updatedAt]), ...fields.map((field) => field.path)])].filter(
    (one) => one !== parent?.as,
  );

/** What was made by hand is at hand everywhere. */
const CHECKED = Object.entries(CONTRACTS).filter(([, { files }]) => there || files.length === 0);

describe.each(CHECKED)("%s", (key, contract) => {
  test("sends only what its publisher describes", { timeout: 180_000 }, async () => {
    const published = publishedOf(key);
    const { undescribed, wrong = [] } = contract;
    const sent = (await sentBy(key)).filter((one) => !wrong.some(({ at }) => at.test(one.url.pathname)));
    const checked = new Set<string>();
    const faults = report(sent, (one) => {
      const found = violationsOf(published, withoutUnlisted(one, contract));
      if (found) checked.add(shapeOf(one));
      const known = undescribed.some(({ at }) => at.test(one.url.pathname));
      return found ?? (known ? [] : ["nothing is published of this address"]);
    });
    expect(faults, faults).toBe("");
    expect(checked.size).toBeGreaterThan(5);
  });

  test("needs every exception that is made for it", { timeout: 180_000 }, async () => {
    const published = publishedOf(key);
    const sent = await sentBy(key);
    const has = (at: RegExp, what: (one: Heard) => boolean) => sent.some((one) => at.test(one.url.pathname) && what(one));
    const { undescribed, wrong = [], unlisted = [] } = contract;
    const idle = [
      ...undescribed.filter(({ at }) => !has(at, (one) => violationsOf(published, one) === null)),
      ...wrong.filter(({ at }) => !has(at, (one) => (violationsOf(published, one) ?? []).length > 0)),
      ...unlisted.flatMap(({ at, names }) =>
        names.filter((name) => !has(at, (one) => (violationsOf(published, one) ?? []).some((fault) => fault.includes(`"${name}"`)))),
      ),
    ];
    expect(idle).toEqual([]);
  });

  test("reads only fields that its publisher describes", { timeout: 180_000 }, async () => {
    const published = publishedOf(key);
    const sent = await sentBy(key);
    const strange = Object.entries(getManifest(key).objects).flatMap(([object, spec]) => {
      const { roles, records } = readingOf(object, spec);
      const asked = sent.find((one) => roles.includes(one.role ?? ""));
      const within = contract.rows?.[object]?.at;
      const paths = fieldsOf(spec);
      const found = asked
        ? strangePaths(published, asked, records, within === undefined ? paths : paths.map((one) => `${within}.${one}`))
        : null;
      const known = contract.fields?.[object]?.names ?? [];
      const bare = (found ?? []).map((one) => (within === undefined ? one : one.slice(within.length + 1)));
      return bare.filter((one) => !known.includes(one)).map((one) => `${object}: ${one}`);
    });
    expect(strange).toEqual([]);
  });
});

test.skipIf(!there)("quickbooks names entities and their fields as its schema does", { timeout: 180_000 }, async () => {
  const schema = readSchemas(below("quickbooks", /\.xsd\.gz$/));
  const entities = new Map([...schema.types.keys()].map((name) => [name.toLowerCase(), name]));
  const sent = await sentBy("quickbooks");
  let seen = 0;
  const faults = report(sent, ({ method, url, body }) => {
    const query = url.searchParams.get("query");
    const [, entity = "", field] = /^select \* from (\w+)(?: where ([\w.]+))?/.exec(query ?? "") ?? [];
    if (query !== null) {
      seen++;
      const value = (field ?? "Id").split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), "");
      return schema.types.has(entity) ? strangers(schema, entity, value) : [`there is no entity "${entity}"`];
    }
    const type = entities.get(url.pathname.split("/")[4] ?? "");
    if (method !== "POST" || body === "" || type === undefined || !body.startsWith("{")) return [];
    seen++;
    return strangers(schema, type, JSON.parse(body));
  });
  expect(faults, faults).toBe("");
  expect(seen).toBeGreaterThan(15);
});

const CLAUSE = String.raw`(?:NOT )?\w+(?:\.\w+)* (?:=|!=|<|<=|>|>=|LIKE|IN) (?:'(?:[^'\\]|\\.)*'|\([^()]*\)|[\d:.TZ+-]+|true|false|null)`;
const SOQL = new RegExp(
  String.raw`^SELECT \w+(?:\.\w+)*(?:, ?\w+(?:\.\w+)*)* FROM \w+(?: WHERE ${CLAUSE}(?: AND ${CLAUSE})*)?(?: ORDER BY \w+(?: ASC| DESC)?(?:, ?\w+(?: ASC| DESC)?)*)?(?: LIMIT \d+)?$`,
);

test("salesforce asks in the grammar of SOQL", { timeout: 180_000 }, async () => {
  const asked = (await sentBy("salesforce")).filter(({ url }) => url.searchParams.has("q"));
  const strange = asked.map(({ url }) => url.searchParams.get("q") ?? "").filter((query) => !SOQL.test(query));
  expect(strange).toEqual([]);
  expect(asked.length).toBeGreaterThan(20);
});

test.skipIf(!there)("salesforce-soap calls operations as the WSDL declares them", { timeout: 180_000 }, async () => {
  const schema = readSchemas(below("salesforce", /\.wsdl\.xml\.gz$/));
  const sent = await sentBy("salesforce-soap");
  const faults = report(sent, ({ body }) => {
    const read = readBody(
      { type: "soap", version: "1.1", namespace: "urn:partner.soap.sforce.com", action: "", header: {}, unwrap: false },
      body,
      "text/xml",
    );
    const [operation] = Object.entries((read?.body ?? {}) as Record<string, unknown>);
    const headers = Object.keys((read?.header ?? {}) as object).filter((name) => !schema.elements.has(name));
    return operation
      ? [...operationFaults(schema, ...operation), ...headers.map((name) => `there is no header "${name}"`)]
      : ["there is no operation"];
  });
  expect(faults, faults).toBe("");
  expect(sent.length).toBeGreaterThan(20);
});

describe.skipIf(!there).each(["shopify", "github"])("%s", (key) => {
  test("asks only what the schema has", { timeout: 180_000 }, async (context) => {
    const schema = openSchema(path.join(SPECS, key));
    if (!schema) {
      console.warn(`contract: no schema of ${key} at ${SPECS}`);
      return context.skip();
    }
    const sent = (await sentBy(key)).filter((one) => /graphql(\.json)?$/.test(one.url.pathname));
    const faults = report(sent, ({ body }) => graphqlFaults(schema, body));
    expect(faults, faults).toBe("");
    expect(sent.length).toBeGreaterThan(5);
  });
});
