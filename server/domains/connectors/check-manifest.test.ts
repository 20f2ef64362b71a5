import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { listManifests } from "#server/connectors/index";
import { checkManifest } from "./check-manifest";
import { faultText } from "./schema";

const FINE = {
  key: "x-harbour",
  name: "Harbour",
  tagline: "Berths and vessels",
  description: "A port's own system.",
  categories: ["Operations"],
  docs: [{ title: "API", url: "https://harbour.example/docs", readAt: "2026-11-21" }],
  auth: {
    key: {
      type: "api_key",
      title: "API key",
      fields: [{ key: "api_key", title: "API key", secret: true }],
      headers: { "x-harbour-key": "{api_key}" },
    },
  },
  identify: { request: { path: "/me" }, accountId: "port.code", label: "{port.name}" },
  check: { path: "/me" },
  http: { baseUrl: "https://api.harbour.example/v1", errorMessage: "error", rateLimit: { defaultWaitMs: 1_000 } },
  pagination: { type: "cursor", next: "next", place: { in: "query", name: "cursor" } },
  objects: {
    vessel: {
      title: "Vessels",
      list: { path: "/vessels" },
      records: "items",
      id: "imo",
      updatedAt: "changed",
      fields: [{ path: "imo", type: "string", title: "IMO number" }],
      sample: { imo: "9074729", changed: "2026-01-01T00:00:00Z" },
    },
  },
};

/** The file with some of it replaced, by dotted path; undefined takes it out. */
function file(changes: Record<string, unknown> = {}): string {
  const whole = structuredClone(FINE) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split("/");
    const last = steps.pop() ?? "";
    const holder = steps.reduce<Record<string, unknown>>((here, step) => here[step] as Record<string, unknown>, whole);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return JSON.stringify(whole, null, 2);
}
const faultsOf = (text: string): string[] => {
  const checked = checkManifest(text);
  return checked.ok ? [] : checked.faults.map(faultText);
};

test.each(["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "http://harbour.example/docs", "//evil.example"])(
  "A-55: %s is no link of a manifest",
  (url) => {
    expect(faultsOf(file({ docs: [{ title: "API", url, readAt: "2026-11-21" }] })).join()).toContain("docs");
  },
);

test("the same file as JSON and as YAML is the same manifest", () => {
  const [json, yaml] = [checkManifest(file()), checkManifest(stringify(FINE))];
  expect(faultsOf(file())).toEqual([]);
  expect(json.ok && yaml.ok && [json.format, yaml.format, yaml.value]).toEqual(["json", "yaml", json.ok && json.value]);
});

describe("a fault names line, path and remedy", () => {
  test.each([
    [{ "objects/vessel/list/path": "vessels" }, 'line of "path": "vessels", objects.vessel.list.path: must start with "/"'],
    [
      { "objects/vessel/idd": "imo", "objects/vessel/id": undefined },
      'line of "idd", objects.vessel.idd: is not known here; did you mean "id"?',
    ],
    [
      { "http/baseURL": "https://a.example", "http/baseUrl": undefined },
      'line of "baseURL", http.baseURL: is not known here; did you mean "baseUrl"?',
    ],
    [{ "pagination/type": "curser" }, 'line of "curser", pagination.type: must be one of "none", "cursor"'],
    [{ "objects/vessel/fields": "imo" }, 'line of "fields": "imo", objects.vessel.fields: must be a list, not a text'],
    [{ tagline: undefined }, "tagline: is missing: a text"],
    [{ "http/baseUrl": "http://api.harbour.example" }, 'line of "http://, http.baseUrl: https only'],
    [{ "docs/0/readAt": "yesterday" }, 'line of "yesterday", docs.0.readAt: must be a date like 2026-11-21'],
    [{ "auth/key/type": "apikey" }, 'line of "apikey", auth.key.type: must be one of'],
    [{ key: "harbour" }, 'line 2, key: must start with "x-"'],
  ])("%j", (changes, wanted) => {
    const text = file(changes);
    const at = /^line of (.*?), /.exec(wanted)?.[1];
    const line = text.split("\n").findIndex((one) => at !== undefined && one.includes(at)) + 1;
    expect(faultsOf(text).join("\n")).toContain(wanted.replace(/^line of .*?, /, `line ${line}, `));
  });

  test("a broken file names the line at which it breaks", () => {
    expect(faultsOf('{\n  "key": "x-a",\n  "name" "A"\n}')).toEqual([expect.stringMatching(/^line 3: is not valid JSON/)]);
    expect(faultsOf("key: x-a\nname: [a\ntagline: b\n")[0]).toMatch(/^line [234]: cannot be read here/);
    expect(faultsOf("key: x-a\nkey: x-b\n")).toEqual(["line 2, key: is given twice"]);
    expect(faultsOf("[1]")).toEqual(["must be an object: `key: value` lines, or `{ … }`"]);
  });
});

describe("hostile files end quickly and are refused", { timeout: 60_000 }, () => {
  test("aliases that multiply", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ...["b", "c", "d", "e", "f", "g", "h"].map((n, i) => `${n}: &${n} [${Array(9).fill(`*${"abcdefg"[i]}`).join(",")}]`),
    ];
    expect(faultsOf(bomb.join("\n"))).toEqual([expect.stringMatching(/aliases/)]);
  });
  test("depth, size, tags, names of JavaScript, numbers that are none", () => {
    expect(faultsOf(`a: ${"[".repeat(50_000)}`)[0]).toMatch(/nested deeper|cannot be read/);
    expect(faultsOf(`{"a":${"[".repeat(200)}${"]".repeat(200)}}`)[0]).toMatch(/nested deeper/);
    expect(faultsOf(`a: "${"x".repeat(270_000)}"`)).toEqual(["is larger than 256 kB"]);
    expect(faultsOf("a: !!js/function 'x'")[0]).toMatch(/tags like/);
    expect(faultsOf('{"__proto__": {"a": 1}}')[0]).toMatch(/cannot be used/);
    expect(faultsOf("a: .nan")[0]).toMatch(/no number/);
  });
  test("forty thousand names in one place", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join("\n");
    expect(faultsOf(many).length).toBeGreaterThan(0);
  });
});

describe("secrets", () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["in a path", { "objects/vessel/list/path": "/vessels/{api_key}" }, /objects\.vessel\.list\.path: "\{api_key\}" is a credential/],
    ["in a changed form", { "objects/vessel/list/path": "/vessels/{api_key|base64}" }, /is a credential/],
    ["in a query", { "objects/vessel/list/query": { k: "{api_key}" } }, /is a credential/],
    ["in a body under any name", { "objects/vessel/list/body": { title: "{api_key}" } }, /is a credential/],
    ["in a header of all requests", { "http/headers": { x: "{accessToken}" } }, /is a credential/],
    ["in the base address", { "http/baseUrl": "https://api.harbour.example/{api_key}" }, /is a credential/],
    ["in a label", { "identify/label": "{api_key}" }, /is a credential/],
    ["written down", { "http/headers": { "x-api-key": "a8f3c0d19e" } }, /looks like a secret/],
    ["written down in the auth block", { "auth/key/headers": { authorization: "Bearer c2VjcmV0LXRva2VuLXZhbHVl" } }, /looks like a secret/],
    [
      "in an object that is called as a word of ours",
      { "objects/title": { ...FINE.objects.vessel, list: { path: "/{api_key}" } } },
      /objects\.title\.list\.path: .*is a credential/,
    ],
  ])("are not taken %s", (_, changes, wanted) => {
    expect(faultsOf(file(changes)).join("\n")).toMatch(wanted);
  });

  test.each(["(?<whole>.+)", "(?<whole>[^:]+):.*", "x(?<whole>.{0,40})", "(?<a>.{1,10})(?<whole>.{1,10}).{10,}"])(
    "are not taken by a group of %s",
    (pattern) => {
      const changes = { "auth/key/fields/0/pattern": pattern, "check/path": "/me/{whole}" };
      expect(faultsOf(file(changes)).join("\n")).toMatch(/check\.path: "\{whole\}" is a credential/);
    },
  );
  test("a short group beside the secret is none", () => {
    expect(faultsOf(file({ "auth/key/fields/0/pattern": "[0-9a-f]{32}-(?<dc>us\\d+)", "check/path": "/me/{dc}" }))).toEqual([]);
  });

  test("the account may be known by one, since only its hash is kept", () => {
    expect(faultsOf(file({ identify: { account: "{api_key}", label: "Harbour" } }))).toEqual([]);
  });
});

test("requests go to public hosts", () => {
  for (const host of ["localhost", "10.0.0.7", "intranet", "db.internal"])
    expect(faultsOf(file({ "http/baseUrl": `https://${host}/v1` })).join()).toMatch(/public host/);
});

test("objects that are spoken of are there", () => {
  expect(faultsOf(file({ "objects/vessel/each": "berth" }))).toEqual([
    expect.stringMatching(/objects\.vessel\.each: there is no object "berth"/),
  ]);
});

/** What is asked of a private connector and not of one of ours, where ours has a reason (its README says which). */
const EXCEPTIONS: Record<string, RegExp[]> = {
  // The only call that gives the account's domain has the token in its path.
  hubspot: [/^line \d+, identify\.request\.path: "\{accessToken\}" is a credential/],
};

describe("a shipped file is a private one under another key", () => {
  test.each(listManifests().map((manifest) => [manifest.key, manifest] as const))("%s", (key, manifest) => {
    const faults = faultsOf(JSON.stringify({ ...manifest, key: `x-${key}` }, null, 1));
    const declared = EXCEPTIONS[key] ?? [];
    expect(faults.map((fault) => declared.find((one) => one.test(fault))?.source ?? fault)).toEqual(declared.map((one) => one.source));
  });
});
