import { describe, expect, test } from "vitest";
import { listManifests } from "#server/connectors/index";
import { HARBOUR, harbourFaults } from "#tests/support/harbour";
import { requestFaults } from "./request-faults";

const V = "objects/vessel";
const changes = (rest: object) => ({ format: "iso", inclusive: true, lookbackMs: 0, ...rest });
const action = (request: object) => ({ ...HARBOUR.actions.find, request });

test("a fine file has no faults", () => expect(harbourFaults()).toEqual([]));

test.each(listManifests().map((manifest) => [manifest.key, manifest] as const))("%s has none", (_, manifest) =>
  expect(requestFaults(manifest)).toEqual([]),
);

describe("a hole that nothing fills is told where it stands, with what was meant", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a list's path",
      { [`${V}/list/path`]: "/orgs/{org_idd}/vessels" },
      /^objects\.vessel\.list\.path: "\{org_idd\}" is filled by nothing; did you mean "\{org_id\}"\?$/,
    ],
    ["a list's query", { [`${V}/list/query`]: { org: "{org_idd}" } }, /list\.query\.org: .*did you mean "\{org_id\}"/],
    ["the name of a parameter", { [`${V}/list/query`]: { "{org_idd}": "1" } }, /list\.query\.\{org_idd\}: /],
    ["a header", { [`${V}/list/headers`]: { "x-org": "{orgid}" } }, /list\.headers\.x-org: .*did you mean "\{org_id\}"/],
    ["a header of all requests", { "http/headers": { "x-org": "{orgid}" } }, /http\.headers\.x-org: /],
    ["a body", { [`${V}/list`]: { method: "POST", path: "/v", body: { where: [{ org: "{orgid}" }] } } }, /list\.body\.where\.0\.org: /],
    ["the check", { "check/path": "/orgs/{orgid}" }, /^check\.path: /],
    ["who it is", { "identify/request/path": "/orgs/{orgid}" }, /^identify\.request\.path: /],
    ["pagination's next", { pagination: { type: "link", next: "{next_path}" } }, /^pagination\.next: "\{next_path\}" is filled by nothing/],
    [
      "a write",
      { [`${V}/writes/create/request/body`]: { name: "{dta.name}" } },
      /create\.request\.body\.name: "\{dta\.name\}" is filled by nothing; did you mean/,
    ],
    [
      "a field of a write",
      { [`${V}/writes/create/request/body`]: { name: "{data.nmae}" } },
      /"\{data\.nmae\}" is none of the fields that may be sent; did you mean "\{data\.name\}"/,
    ],
    [
      "an action",
      { "actions/find": action({ method: "GET", path: "/s", query: { q: "{querry}" } }) },
      /actions\.find\.request\.query\.q: "\{querry\}" .*did you mean "\{query\}"/,
    ],
    [
      "an input that goes nowhere",
      { "actions/find": action({ method: "GET", path: "/s" }) },
      /actions\.find\.input\.0: "query" is asked for and never sent/,
    ],
    ["a moment in a full listing", { [`${V}/list/query`]: { after: "{since}" } }, /"\{since\}" is filled where changes are asked for/],
    [
      "the end of a window without windows",
      { [`${V}/changes`]: changes({ request: { path: "/v", query: { f: "{since}", t: "{until}" } } }) },
      /"\{until\}" is filled in `changes\.request`, where `changes\.window`/,
    ],
    ["an offset with a cursor", { [`${V}/list/query`]: { skip: "{offset}" } }, /"\{offset\}" is filled by a `pagination` of type offset/],
    ["a parent where there is none", { [`${V}/list/path`]: "/v/{parent}" }, /"\{parent\}" is filled where the object has `each`/],
    [
      "a parent further up where there is none",
      { "objects/call/list/path": "/v/{parent}/{parent_port}" },
      /"\{parent_port\}" names no object that this one hangs on/,
    ],
    ["an id in a list", { [`${V}/list/path`]: "/v/{id}" }, /"\{id\}" is filled where one record is asked for/],
    ["another template's holes", { [`${V}/list/path`]: "/v/{{org_id}}" }, /"\{\{org_id\}\}" is sent as it stands: .*"\{org_id\}"/],
    ["a hole with blanks", { [`${V}/list/query`]: { org: "{ org_id }" } }, /one pair of braces and no blanks/],
    [
      "a filter there is none of",
      { [`${V}/writes/create/request/body`]: { name: "{data.name|uper}" } },
      /there is no filter "uper"; did you mean "\|upper"/,
    ],
    ["a filter where there are none", { [`${V}/list/query`]: { org: "{org_id|upper}" } }, /only writes and actions change values/],
    [
      "a name that only one way to connect has",
      { "auth/open": { type: "none", title: "Open" } },
      /"\{org_id\}" is filled by nothing under auth\.open/,
    ],
  ])("%s", (_, change, wanted) => expect(harbourFaults(change).join("\n")).toMatch(new RegExp(wanted.source, "m")));
});
