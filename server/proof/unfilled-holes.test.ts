import { describe, expect, test } from "vitest";
import type { Manifest, ManifestInput } from "#server/runtime/manifest";
import { zedThing as thing, zed } from "#tests/support/zed";
import { playManifest } from "./play";

/** The claims that do not hold, and why. */
const failed = async (one: Manifest) =>
  (await playManifest(one)).flatMap(({ claim, state, note }) => (state === "failed" ? [`${claim}: ${note}`] : []));

describe("a hole that nothing fills is no claim that holds", () => {
  const action = (path: string, query: Record<string, string>): ManifestInput["actions"] => ({
    find: {
      title: "Find",
      description: "Finds.",
      kind: "lookup",
      input: [{ key: "query", title: "Query", type: "string", required: true }],
      request: { method: "GET", path, query },
      output: [{ path: "id", type: "string", title: "Id" }],
      sample: { input: { query: "a" }, answer: { id: "1" } },
    },
  });
  test.each<[string, Manifest, string]>([
    ["in a list's path", zed({ objects: { thing: { ...thing, list: { path: "/orgs/{org_idd}/things" } } } }), "thing.list"],
    ["in a list's query", zed({ objects: { thing: { ...thing, list: { path: "/things", query: { org: "{org_idd}" } } } } }), "thing.list"],
    [
      "in a list's header",
      zed({ objects: { thing: { ...thing, list: { path: "/things", headers: { org: "{org_idd}" } } } } }),
      "thing.list",
    ],
    [
      "in a list's body",
      zed({ objects: { thing: { ...thing, list: { method: "POST", path: "/things", body: { in: ["{org_idd}"] } } } } }),
      "thing.list",
    ],
    ["in an action's path", zed({ objects: { thing }, actions: action("/{querry}", {}) }), "actions.find"],
    ["in an action's query", zed({ objects: { thing }, actions: action("/find", { q: "{querry}" }) }), "actions.find"],
  ])("%s", async (_, one, claim) => {
    expect((await failed(one)).filter((fault) => fault.startsWith(claim)).join()).toMatch(/is filled by nothing/);
  });
});
