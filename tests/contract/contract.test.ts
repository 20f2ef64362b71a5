import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Heard } from "#server/simulator/from-manifest/stand-in";
import { readBody } from "#server/simulator/from-manifest/wire";
import { openDescription } from "./description";
import { graphqlFaults, openSchema } from "./graphql";
import { type Published, violationsOf } from "./openapi";
import { sentBy, shapeOf } from "./sent";
import { operationFaults, readSchemas, strangers } from "./xml-schema";

const SPECS = process.env["INLAY_SPECS"] ?? path.join(import.meta.dirname, "..", "..", "..", "shared", "specs");
const there = existsSync(SPECS);
if (!there) console.warn(`contract: no published descriptions at ${SPECS}; set INLAY_SPECS to check what connectors send against them.`);

/**
 * Descriptions by connector: file, what stands before its paths, addresses that it describes by another's example, addresses it does not
 * describe, and parameters it leaves out (documented by the publisher elsewhere; see the connector's README).
 */
const OPENAPI: Record<
  string,
  { files: [RegExp, string][]; alias?: (path: string) => string; undescribed: RegExp[]; skipped?: RegExp[]; unlisted?: string[] }
> = {
  hubspot: {
    files: [[/\.json\.gz$/, ""]],
    // Every object of the CRM has the calls of the ones that are described here.
    alias: (path) => path.replace(/^\/crm\/v3\/objects\/(?:deals|line_items|quotes)(?=\/|$)/, "/crm/v3/objects/companies"),
    undescribed: [/^\/crm\/v3\/owners/, /^\/crm\/v3\/properties\//, /^\/account-info\//],
  },
  klaviyo: { files: [[/openapi_stable/, ""]], undescribed: [/^\/oauth\//] },
  zendesk: {
    files: [
      [/tickets-openapi/, ""],
      [/users-openapi/, ""],
      [/zendesk-support/, "/api/v2"],
    ],
    undescribed: [/^\/oauth\//, /^\/api\/v2\/oauth\/tokens\/current/, /\/incremental\/organizations/],
    unlisted: ["start_time", "cursor", "name"],
  },
  pipedrive: {
    files: [
      [/v1-openapi/, "/api/v1"],
      [/v2-openapi/, "/api/v2"],
    ],
    undescribed: [/^\/oauth\//],
  },
  paypal: { files: [[/\.json\.gz$/, ""]], undescribed: [/^\/v1\/oauth2\//] },
  // The description knows the exchange of a code and the revoking of a token as GET; the methods' own pages take POST.
  slack: { files: [[/web-api/, "/api"]], undescribed: [], skipped: [/\/oauth\.v2\.access$/, /\/auth\.revoke$/] },
  stripe: { files: [[/spec3\.yaml/, ""]], undescribed: [/^\/oauth\//] },
  xero: {
    files: [
      [/xero_accounting/, "/api.xro/2.0"],
      [/xero-identity/, ""],
    ],
    undescribed: [/^\/connect\/token/, /^\/connections/],
  },
  // Few of the addresses are described; bodies are checked against the schema of all entities (below).
  quickbooks: {
    files: [[/openapi/, ""]],
    undescribed: [/\/(vendor|item|payment|account|companyinfo|cdc)(\/|$)/, /\/invoice\/[^/]+\/send$/, /^(\/v2)?\/oauth2\//],
    unlisted: ["minorversion", "requestid", "operation"],
  },
};

function publishedOf(key: string): Published[] {
  const { files = [], alias } = OPENAPI[key] ?? {};
  const folder = path.join(SPECS, key);
  return readdirSync(folder)
    .filter((name) => /\.(json|ya?ml)\.gz$/.test(name))
    .flatMap((name) => {
      const found = files.find(([pattern]) => pattern.test(name));
      return found ? [{ description: openDescription(path.join(folder, name)), prefix: found[1], ...(alias ? { alias } : {}) }] : [];
    });
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

describe.skipIf(!there).each(Object.keys(OPENAPI))("%s", (key) => {
  test("sends only what its publisher describes", { timeout: 60_000 }, async () => {
    const published = publishedOf(key);
    const { undescribed = [], skipped = [], unlisted = [] } = OPENAPI[key] ?? {};
    const sent = (await sentBy(key)).filter((one) => !skipped.some((pattern) => pattern.test(one.url.pathname)));
    const checked = new Set<string>();
    const faults = report(sent, (one) => {
      for (const name of unlisted) one.url.searchParams.delete(name);
      const found = violationsOf(published, one);
      if (found) checked.add(shapeOf(one));
      const known = undescribed.some((pattern) => pattern.test(one.url.pathname));
      return found ?? (known ? [] : ["nothing is published of this address"]);
    });
    expect(faults, faults).toBe("");
    expect(checked.size).toBeGreaterThan(5);
  });
});

test.skipIf(!there)("quickbooks names entities and their fields as its schema does", { timeout: 60_000 }, async () => {
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

test.skipIf(!there)("salesforce-soap calls operations as the WSDL declares them", { timeout: 60_000 }, async () => {
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
  test("asks only what the schema has", { timeout: 60_000 }, async (context) => {
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
