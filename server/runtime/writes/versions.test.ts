import { expect, test } from "vitest";
import { tinyManifest } from "#tests/support/tiny-source";
import { createWriter } from "./writer";

const guard = { place: { in: "body", name: "token" }, version: "token", required: true };
const manifest = tinyManifest({
  one: { request: { method: "GET", path: "/things/{id}" } },
  writes: {
    update: { request: { method: "POST", path: "/things", body: { "...": "{data}", id: "{id}" } }, id: "id", guard },
    delete: { request: { method: "POST", path: "/things/delete", body: { id: "{id}" } }, guard },
    fields: [{ path: "name", type: "string", title: "Name" }],
  },
});

async function write(operation: "update" | "delete", item: { id: string; version?: string; data?: Record<string, unknown> }, there = true) {
  const sent: unknown[] = [];
  const writer = createWriter(
    {
      manifest,
      nowMs: () => 0,
      pauseMs: 0,
      send: async ({ method, path, body }) => {
        sent.push(body ?? `${method} ${path}`);
        const json = method === "GET" ? (there ? { id: "7", token: 3 } : null) : { id: "7" };
        const facts = { method, path, status: 200, ms: 1, bytes: 1, retries: 0 };
        return { json, headers: {}, url: "https://api.example.com/", suspicious: false, facts };
      },
    },
    "thing",
  );
  const { results } = await writer.write(operation, [{ key: "key-1", ...item }]);
  return { outcome: results[0]?.outcome, sent };
}

test("where no write is taken without the record's version, it is read just before", async () => {
  expect(await write("update", { id: "7", data: { name: "Ada" } })).toEqual({
    outcome: "done",
    sent: ["GET /things/7", { name: "Ada", id: "7", token: "3" }],
  });
  expect(await write("delete", { id: "7" })).toEqual({ outcome: "done", sent: ["GET /things/7", { id: "7", token: "3" }] });
});
test("a version that is given is the one that is meant", async () =>
  expect((await write("update", { id: "7", version: "2", data: { name: "Ada" } })).sent).toEqual([{ name: "Ada", id: "7", token: "2" }]));
test("what is not there cannot be changed, and need not be deleted", async () => {
  expect(await write("update", { id: "7", data: { name: "Ada" } }, false)).toEqual({ outcome: "refused", sent: ["GET /things/7"] });
  expect(await write("delete", { id: "7" }, false)).toEqual({ outcome: "done", sent: ["GET /things/7"] });
});
