import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { objectSource } from "#server/runtime/paging/object-source";
import { drainTiny, startTiny, tinySend } from "#tests/support/tiny-source";
import { checkManifest } from "./check-manifest";
import { importDescription } from "./import-description";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const ctx = { clock: { now: () => new Date("2026-11-21T12:00:00Z") } };

async function drafted(text: string) {
  const { source, notes, format } = await importDescription(ctx, { text });
  const checked = checkManifest(source);
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return { manifest: checked.manifest, source, notes, format };
}

const APIARY = `openapi: 3.0.3
info: { title: Apiary Cloud, version: "2" }
servers:
  - url: https://{region}.example.com/v2
    variables:
      region: { default: api, enum: [api, eu] }
security: [{ token: [] }]
paths:
  /me:
    get:
      responses:
        "200": { content: { application/json: { schema: { type: object, properties: { id: { type: string }, name: { type: string } } } } } }
  /hives:
    get:
      parameters:
        - { $ref: "#/components/parameters/Cursor" }
        - { name: limit, in: query, schema: { type: integer, maximum: 50 } }
        - { name: updated_since, in: query, schema: { type: string, format: date-time } }
        - { name: view, in: query, required: true, schema: { type: string, default: full } }
      responses:
        "200":
          content:
            application/json:
              schema:
                type: object
                properties:
                  warnings: { type: array, items: { type: object, properties: { id: { type: string } } } }
                  hives: { type: array, items: { $ref: "#/components/schemas/Hive" } }
                  paging: { type: object, properties: { next_cursor: { type: string, nullable: true } } }
  /hives/{hive_id}:
    get:
      responses:
        "200": { content: { application/json: { schema: { type: object, properties: { hive: { $ref: "#/components/schemas/Hive" } } } } } }
  /hives/{hive_id}/frames:
    get:
      parameters: [{ name: page, in: query, schema: { type: integer } }]
      responses:
        "200": { content: { application/json: { schema: { type: array, items: { type: object, properties: { frame_id: { type: integer }, kind: { type: string } } } } } } }
  /search:
    get:
      parameters: [{ name: q, in: query, required: true, schema: { type: string } }]
      responses:
        "200": { content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Hive" } } } } }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    old: { type: openIdConnect, openIdConnectUrl: https://id.example.com }
  parameters:
    Cursor: { name: cursor, in: query, schema: { type: string } }
  schemas:
    Base: { type: object, properties: { id: { type: string } } }
    Hive:
      allOf:
        - { $ref: "#/components/schemas/Base" }
        - type: object
          properties:
            name: { type: string }
            queen: { type: object, properties: { name: { type: string }, updated_at: { type: string, format: date-time } } }
            mother: { $ref: "#/components/schemas/Hive" }
            updated_at: { type: string, format: date-time }
`;

describe("an OpenAPI description", () => {
  test("its lists are objects, with pages, changes, one record and what hangs on them; what needs an answer is left out", async () => {
    const { manifest, notes, format } = await drafted(APIARY);
    expect(format).toBe("openapi");
    expect(Object.keys(manifest.objects)).toEqual(["hive", "frame"]);
    expect(manifest.objects["hive"]).toMatchObject({
      list: { path: "/hives", query: { view: "full" } },
      records: "hives",
      id: "id",
      updatedAt: "updated_at",
      one: { request: { path: "/hives/{id}" }, record: "hive" },
    });
    expect(manifest.objects["frame"]).toMatchObject({
      each: "hive",
      list: { path: "/hives/{parent}/frames" },
      records: "$",
      id: "frame_id",
    });
    expect(manifest.identify).toMatchObject({ request: { path: "/me" }, accountId: "id", label: "{name}" });
    expect(Object.keys(manifest.auth)).toEqual(["token"]);
    expect(manifest.auth["token"]?.fields.map(({ key }) => key)).toEqual(["region", "token"]);
    expect(notes.join(" ")).toMatch(/"old" cannot be taken over/);
  });
  test("the draft reads the service as it is", async () => {
    const { manifest } = await drafted(APIARY);
    tiny.state.asked.length = 0;
    tiny.state.answer = ({ path, query }) => {
      if (path === "/v2/hives") {
        const second = query.get("cursor") === "c2";
        return { body: { hives: second ? [{ id: "c" }] : [{ id: "a" }, { id: "b" }], paging: { next_cursor: second ? null : "c2" } } };
      }
      const frames = query.get("page") === "1" && path === "/v2/hives/a/frames" ? [{ frame_id: 1 }, { frame_id: 2 }] : [];
      return { body: frames };
    };
    const send = tinySend(tiny.origin, manifest, Date.now(), { region: "api", token: "t" });
    const open = (object: string) => () => objectSource({ send, manifest, nowMs: () => Date.now() }, object);
    const hives = await drainTiny(open("hive"));
    expect(hives.ids).toEqual(["a", "b", "c"]);
    await drainTiny(open("hive"), hives.cursor);
    expect(Object.fromEntries(tiny.state.asked[0]?.query ?? [])).toEqual({ view: "full", limit: "50" });
    expect(tiny.state.asked.at(-1)?.query.get("updated_since")).toMatch(/Z$/);
    expect((await drainTiny(open("frame"))).ids).toEqual(["a:1", "a:2"]);
  });
  test("Swagger 2 as JSON: host and base path, a key in a header, a next address", async () => {
    const list = {
      type: "object",
      properties: { next: { type: "string", format: "uri" }, data: { type: "array", items: { $ref: "#/definitions/T" } } },
    };
    const { manifest } = await drafted(
      JSON.stringify({
        swagger: "2.0",
        info: { title: "Old", version: "1" },
        host: "old.example.com",
        basePath: "/api",
        securityDefinitions: { key: { type: "apiKey", in: "header", name: "X-Key" } },
        paths: { "/things": { get: { responses: { 200: { schema: list } } } } },
        definitions: { T: { type: "object", properties: { id: { type: "integer" } } } },
      }),
    );
    expect(manifest.http.baseUrl).toBe("https://old.example.com/api");
    expect(manifest.objects["thing"]?.pagination).toMatchObject({ type: "link", next: "next" });
    expect(manifest.auth["key"]).toMatchObject({ headers: { "x-key": "{api_key}" } });
  });
  test("a server that only its makers reach is asked for", async () => {
    const { manifest, notes } = await drafted(APIARY.replace("https://{region}.example.com/v2", "http://localhost:3000/v2"));
    expect(manifest.http.baseUrl).toBe("https://{host}/v2");
    expect(notes.join(" ")).toContain("localhost");
  });
});

describe("what cannot be drafted from says so, with its line", () => {
  const refusal = (text: string) =>
    importDescription(ctx, { text }).then(
      () => null,
      (error: unknown) => (isAppError(error) ? [error.code, error.message] : Promise.reject(error)),
    );
  test.each<[string, string, RegExp]>([
    ["YAML that is none", "openapi: 3.0.0\ninfo: {title: x\npaths: {}\n", /^line \d+: This cannot be read/],
    ["JSON that is cut", '{"openapi": "3.0.0",\n "paths": {', /^line 2: .*JSON/],
    ["something else", "name: my file\nkey: x", /^line 1: .*neither a WSDL nor an OpenAPI/],
    ["another version", "info: {}\nopenapi: 4.0.0\npaths: {}", /^line 2: OpenAPI 4\.0\.0/],
    ["no paths", "openapi: 3.1.0\ninfo: { title: x }\npaths: {}", /^line 3: .*no `paths`/],
    ["nothing that lists", 'openapi: 3.1.0\npaths: { /x: { get: { responses: { "200": { description: ok } } } } }', /No GET/],
    ["a WSDL behind empty lines", "\n\n<definitions", /^line 3: .*no XML/],
    ["too much", " ".repeat(1_000_001), /larger than/],
  ])("%s", async (_, text, message) => {
    expect(await refusal(text)).toEqual(["invalid", expect.stringMatching(message)]);
  });
  test("schemas that hold themselves, and references to nowhere, come to an end", { timeout: 60_000 }, async () => {
    const loop = APIARY.replace('$ref: "#/components/schemas/Base"', '$ref: "#/components/schemas/Hive"');
    await expect(importDescription(ctx, { text: loop })).resolves.toMatchObject({ format: "openapi" });
    const hall = Array.from(
      { length: 60 },
      (_, n) => `    M${n}: { allOf: [{ $ref: "#/components/schemas/M${n + 1}" }, { $ref: "#/components/schemas/M${n + 1}" }] }`,
    );
    const mirrors = APIARY.replace("#/components/schemas/Base", "#/components/schemas/M0").concat(hall.join("\n"));
    await expect(importDescription(ctx, { text: mirrors })).resolves.toMatchObject({ format: "openapi" });
    const lost = APIARY.replaceAll("#/components/schemas/Hive", "other.yaml#/Hive");
    expect(await refusal(lost)).toEqual(["invalid", expect.stringMatching(/No GET/)]);
  });
});
