import { describe, expect, test } from "vitest";
import { HARBOUR, harbourFaults } from "#tests/support/harbour";

const V = "objects/vessel";
const changes = (rest: object) => ({ format: "iso", inclusive: true, lookbackMs: 0, ...rest });

describe("what cannot mean anything is told", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a cursor that goes nowhere",
      { pagination: { type: "cursor", next: "next" } },
      /^pagination: every page would be the first: give it a `place`, or put "\{page\}" into objects\.vessel\.list$/,
    ],
    ["an offset that goes nowhere", { [`${V}/pagination`]: { type: "offset" } }, /^objects\.vessel\.pagination: every page/],
    [
      "a place in the body of a GET",
      { pagination: { type: "cursor", next: "next", place: { in: "body", name: "after" } } },
      /^pagination\.place\.in: a GET has no body/,
    ],
    [
      "a moment in the body of a GET",
      { [`${V}/changes`]: changes({ since: { in: "body", name: "f" } }) },
      /changes\.since\.in: a GET has no body/,
    ],
    ["a body of a GET", { [`${V}/list/body`]: { a: 1 } }, /list\.body: is not sent with GET/],
    ["changes without a moment", { [`${V}/changes`]: changes({}) }, /^objects\.vessel\.changes: asks for everything each time/],
    ["a token that goes nowhere", { [`${V}/changes`]: { token: { from: "sync" } } }, /changes\.token: goes nowhere/],
    [
      "an end of a window without windows",
      { [`${V}/changes`]: changes({ since: { in: "query", name: "f" }, until: { in: "query", name: "t" } }) },
      /changes\.until: is filled only where `changes\.window`/,
    ],
    ["an object that hangs on itself", { "objects/call/each": "call" }, /objects\.call\.each: an object cannot hang on itself/],
    [
      "objects that hang on each other",
      { [`${V}/each`]: "call", [`${V}/list/path`]: "/c/{parent}" },
      /objects\.vessel\.each: hangs on itself by way of/,
    ],
    [
      "a list that is the same for each",
      { "objects/call/list/path": "/calls" },
      /objects\.call\.list: is asked for each vessel and does not say for which/,
    ],
    [
      "a variant of a field nobody asks for",
      { [`${V}/variants`]: [{ when: { field: "moode", is: "page" } }] },
      /variants\.0\.when\.field: .*did you mean "mode"/,
    ],
    [
      "a variant of an answer there is none of",
      { [`${V}/variants`]: [{ when: { field: "mode", is: "pages" } }] },
      /when\.is: is none of the answers to choose from: page, offset/,
    ],
    [
      "a variant whose pages go nowhere",
      { [`${V}/variants`]: [{ when: { field: "mode", is: "offset" }, pagination: { type: "offset" } }] },
      /variants\.0\.pagination: every page/,
    ],
    [
      "an update of nobody knows what",
      { [`${V}/writes/update`]: { request: { method: "PATCH", path: "/vessels", body: "{data}" } } },
      /update\.request: does not hold "\{id\}"/,
    ],
    [
      "a deletion of nobody knows what",
      { [`${V}/writes/delete`]: { request: { method: "DELETE", path: "/vessels" } } },
      /delete\.request: does not hold "\{id\}"/,
    ],
    ["a write that sends nothing", { [`${V}/writes/create/request/body`]: { a: 1 } }, /create\.request: does not hold "\{data\}"/],
    [
      "a field that would be lost",
      { [`${V}/writes/fields`]: [...HARBOUR.objects.vessel.writes.fields, { path: "flag", type: "string", title: "Flag" }] },
      /create\.request: does not send "flag"/,
    ],
    [
      "a field of changes that none sends",
      {
        [`${V}/writes/fields`]: [
          { path: "name", type: "string", title: "N", updateOnly: true },
          { path: "b", type: "string", title: "B" },
        ],
      },
      /create\.request: does not send "b"/,
    ],
    [
      "a batch that sends nothing",
      { [`${V}/writes/create/batch`]: { request: { method: "POST", path: "/b", body: {} }, item: "{data}", size: 10 } },
      /batch\.request: does not hold "\{items\}"/,
    ],
    ["a base address with a slash at its end", { "http/baseUrl": "https://api.harbour.example/" }, /http\.baseUrl: ends in a slash/],
    [
      "the app's secret where there is no app",
      {
        webhooks: {
          docs: "https://harbour.example/d",
          scope: "connection",
          verify: { type: "hmac", hash: "sha256", signature: { in: "header", name: "x", encoding: "hex" }, secret: "app" },
          events: { objects: {} },
        },
      },
      /webhooks\.verify\.secret: no way to connect has an app/,
    ],
    [
      "a time that is not there",
      {
        webhooks: {
          docs: "https://harbour.example/d",
          scope: "connection",
          verify: {
            type: "hmac",
            hash: "sha256",
            signed: "{ts}.{body}",
            signature: { in: "header", name: "x", encoding: "hex" },
            secret: "endpoint",
          },
          events: { objects: {} },
        },
      },
      /webhooks\.verify\.signed: "\{ts\}" is the text at `timestamp`/,
    ],
    [
      "a subscription without our address",
      {
        webhooks: {
          docs: "https://harbour.example/d",
          scope: "connection",
          verify: { type: "unsigned" },
          events: { objects: {} },
          subscription: { create: { method: "POST", path: "/hooks", body: { to: "{ur}" } }, id: "id" },
        },
      },
      /subscription\.create.*"\{ur\}" is filled by nothing; did you mean "\{url\}"/,
    ],
    [
      "a name with a dot",
      { pagination: { type: "link", next: "@odata.nextLink" } },
      /^pagination\.next: a dot leads into an object; .*: @odata\\\.nextLink$/,
    ],
    [
      "an older name with a dot",
      { "http/errorMessage": "odata.error.message.value" },
      /^http\.errorMessage: .*: odata\\\.error\.message\.value$/,
    ],
    [
      "a name with a dot, as the sample has it",
      {
        [`${V}/sample`]: { imo: "1", changed: "x", "port.of": { call: 1 } },
        [`${V}/fields`]: [{ path: "port.of.call", type: "number", title: "P" }],
      },
      /fields\.0\.path: the sample has a name with a dot there: write port\\\.of\.call/,
    ],
    [
      "a write that would go out as JSON where CSV is spoken",
      { [`${V}/protocol`]: { type: "csv" } },
      /create\.request\.body: is not written as CSV/,
    ],
    [
      "a write of one object where lines are spoken",
      { [`${V}/protocol`]: { type: "ndjson" } },
      /create\.request\.body: is no list of lines/,
    ],
    [
      "a port that is not open",
      { "http/baseUrl": "https://sap.harbour.example:50000/b1s/v2" },
      /^http\.baseUrl: port 50000 is not open: name it in `http\.ports`/,
    ],
    [
      "an id that no record has",
      { [`${V}/id`]: "imoo" },
      /vessel\.id: the sample has nothing at "imoo"; did you mean "imo"\? Else give it/,
    ],
    [
      "a change time that no record has",
      { [`${V}/updatedAt`]: "seen.at" },
      /vessel\.updatedAt: the sample has nothing at "seen\.at"; give it/,
    ],
    [
      "a field that the sample has by another name",
      {
        [`${V}/fields`]: [{ path: "size.lenght", type: "number", title: "L" }],
        [`${V}/sample`]: { imo: "1", changed: "x", size: { length: 9 } },
      },
      /fields\.0\.path: .*did you mean "size\.length"/,
    ],
  ])("%s", (_, change, wanted) => expect(harbourFaults(change).join("\n")).toMatch(new RegExp(wanted.source, "m")));
});

describe("what means something is taken", () => {
  test.each<[string, Record<string, unknown>, RegExp | null]>([
    ["below a parent", { "objects/call/unique": undefined }, /^objects\.call\.each: may count anew for each parent.*inId: true/],
    ["below a parent, joined with its id", { "objects/call/unique": undefined, "objects/call/parent": { inId: true } }, null],
    [
      "in a list inside rows",
      { [`${V}/nested`]: { list: "lines" } },
      /^objects\.vessel\.nested: may count anew for each row.*unique: true/,
    ],
    ["told of their row, but not known by it", { [`${V}/nested`]: { list: "l", with: { ship: "imo" } } }, /id: \[ship, imo\]/],
    ["known by their row", { [`${V}/nested`]: { list: "l", with: { imo: "imo" } }, [`${V}/id`]: ["imo", "changed"] }, null],
    ["unique anywhere", { [`${V}/nested`]: { list: "lines" }, [`${V}/unique`]: true }, null],
  ])("ids of records %s", (_, change, wanted) => {
    const found = harbourFaults(change).filter((one) => one.includes("may count anew"));
    if (wanted) expect(found.join("\n")).toMatch(wanted);
    else expect(found).toEqual([]);
  });
  test.each<[string, Record<string, unknown>]>([
    [
      "a position in the request",
      { pagination: { type: "page" }, [`${V}/list/query`]: { p: "{page}" }, "objects/call/list/query": { p: "{page}" } },
    ],
    ["a range in a header", { [`${V}/pagination`]: { type: "range", size: 10 }, [`${V}/list/headers`]: { range: "{from}-{to}" } }],
    [
      "a call of its own for later pages",
      { [`${V}/pagination`]: { type: "cursor", next: "n" }, [`${V}/onward`]: { path: "/more/{page}" } },
    ],
    [
      "a moment in the request, by windows",
      { [`${V}/changes`]: changes({ request: { path: "/v", query: { q: "{since}..{until}" } }, window: { maxMs: 1_000 } }) },
    ],
    ["a token that is an address", { [`${V}/pagination`]: { type: "link", next: "n" }, [`${V}/changes`]: { token: { from: "delta" } } }],
    [
      "lines that are written as lines",
      { [`${V}/protocol`]: { type: "ndjson" }, [`${V}/writes/create/request/body`]: [{ index: {} }, "{data}"] },
    ],
    ["a port that is named", { "http/baseUrl": "https://sap.harbour.example:50000/b1s/v2", "http/ports": [50_000] }],
    ["ids above", { "objects/stop": { ...HARBOUR.objects.call, each: "call", list: { path: "/v/{parent_vessel}/calls/{parent}/stops" } } }],
    ["many at once", { [`${V}/get`]: { request: { path: "/v", query: { ids: "{ids}" } }, batch: { size: 10, records: "items" } } }],
    [
      "a GraphQL document with braces of its own",
      {
        [`${V}/protocol`]: { type: "graphql" },
        [`${V}/list`]: { method: "POST", path: "/g", body: { query: "{viewer{id}}", variables: { org: "{org_id}" } } },
      },
    ],
    ["JSON in a query", { [`${V}/list/query`]: { filter: '{"org":{"eq":"{org_id}"}}' } }],
    ["a marked dot", { pagination: { type: "link", next: "@odata\\.nextLink" }, "http/errorMessage": "error.message" }],
    [
      "attributes",
      {
        [`${V}/id`]: "@id",
        [`${V}/fields`]: [{ path: "name.@lang", type: "string", title: "L" }],
        [`${V}/sample`]: { "@id": "1", changed: "2026-01-01" },
      },
    ],
    [
      "parts of a field that is an object",
      {
        [`${V}/writes/fields`]: [{ path: "owner", type: "object", title: "O" }],
        [`${V}/writes/create/request/body`]: { o: "{data.owner.name|upper|json}" },
      },
    ],
  ])("%s", (_, change) => expect(harbourFaults(change)).toEqual([]));
});
