import { afterAll, beforeAll, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { startTiny, tinyManifest, tinySend } from "#tests/support/tiny-source";
import { objectSource } from "./paging/object-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const hosts = { hosts: { files: "https://files.example.com/v2", far: "https://{region}.example.com" } };
const read = async (object: object, values: Record<string, string> = {}) => {
  const manifest = tinyManifest(object, hosts);
  const send = tinySend(tiny.origin, manifest, Date.now(), values);
  const source = objectSource({ send, manifest, nowMs: Date.now, config: values }, "thing");
  const ids: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await source.readPage(cursor);
    ids.push(...page.records.map(({ id }) => id));
    if (page.done) return ids;
    cursor = page.cursor;
  }
};

test("a request goes to the host it names, next addresses stay on it, and others keep to the base URL", async () => {
  const asked: string[] = [];
  tiny.state.answer = ({ path, query }) => {
    const url = `${path}?${query}`;
    asked.push(url);
    if (path.startsWith("/things/")) return { body: { id: path.split("/").at(-1) } };
    return { body: { data: [{ id: query.get("p") ?? "0" }], next: query.has("p") ? null : "https://files.example.com/v2/things?p=1" } };
  };
  const pagination = { type: "link", next: "next" };
  const object = { list: { host: "files", path: "/things" }, pagination, get: { request: { path: "/things/{id}" } } };
  expect(await read(object)).toEqual(["0", "1"]);
  expect(asked).toEqual(["/v2/things?", "/things/0?", "/v2/things?p=1", "/things/1?"]);
  const code = await read({ list: { path: "/things" }, pagination }).catch((error) => isAppError(error) && error.code);
  expect(code).toBe("provider_invalid_response");
});

test("a host that is not named is refused where it is written, as is one that nothing fills", async () => {
  expect(() => tinyManifest({ list: { host: "nope", path: "/things" } }, hosts)).toThrow(/no host \\?"nope/);
  const code = await read({ list: { host: "far", path: "/things" } }).catch((error) => isAppError(error) && error.code);
  expect(code).toBe("config_invalid");
  tiny.state.answer = () => ({ body: { data: [{ id: "1" }] } });
  expect(await read({ list: { host: "far", path: "/things" } }, { region: "eu" })).toEqual(["1"]);
});
