import path from "node:path";
import vm from "node:vm";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "./compile";
import { ensureExpressions } from "./expression-slot";
import { FieldMapping } from "./schema";
import { startTransform, TRANSFORMS } from "./transforms/registry";

// The engine as a browser gets it, in a realm of its own, and in a worker thread, beside the one of this process.
const root = path.resolve(import.meta.dirname, "../..");
const ENTRY = `
  import { compileMapping } from "#server/mapping/compile";
  import { loadExpressions } from "#server/mapping/expression-slot";
  globalThis.engine = loadExpressions().then(() => (fields, model, sources) => {
    const mapping = compileMapping(JSON.parse(fields), JSON.parse(model));
    return JSON.stringify(JSON.parse(sources).map((source) => mapping.apply(source)));
  });`;

type Engine = (fields: string, model: string, sources: string) => string | Promise<string>;

const model: ModelField[] = [
  { key: "trimmed", name: "T", type: "string", required: true },
  { key: "price", name: "P", type: "money", required: false },
];
const PATHS = ["a", "a.b", "b", "a[].b", "b[0]", "b[*]", "c.d.e", '["x.y"]'];
const fields: FieldMapping[] = [
  ...TRANSFORMS.map(({ type }, index) => ({
    target: `f${index}`,
    from: PATHS[index % PATHS.length],
    transforms: [startTransform(type)],
    onError: "null",
  })),
  { target: "trimmed", from: "a", transforms: [{ type: "trim" }], default: "none", onError: "default" },
  { target: "price", from: "a.b", transforms: [{ type: "money", currency: "EUR" }] },
  { target: "lines[].x", from: "a[].b" },
  { target: "lines[].y", from: "b" },
  { target: "whole", from: "c" },
  { target: "text", template: "{a} {b} {a[].b}" },
  { target: "sum", expression: "a + b", onError: "null" },
  { target: "list", expression: "b.map(x, x.b)", onError: "null" },
  { target: "local", from: "d", transforms: [{ type: "datetime", zone: "America/New_York" }], onError: "null" },
].map((input) => FieldMapping.parse(input));

const engines: [string, Engine][] = [];
let worker: Worker;

beforeAll(async () => {
  const built = await build({
    stdin: { contents: ENTRY, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
  });
  const code = built.outputFiles[0]?.text ?? "";
  const realm = vm.createContext({ TextEncoder, TextDecoder });
  vm.runInContext(code, realm);
  engines.push(["realm", (await realm["engine"]) as Engine]);
  worker = new Worker(
    `${code}; const { parentPort } = require("node:worker_threads");
     parentPort.on("message", async ([id, ...input]) => parentPort.postMessage([id, (await globalThis.engine)(...input)]));`,
    { eval: true },
  );
  let next = 0;
  const waiting = new Map<number, (text: string) => void>();
  worker.on("message", ([id, text]: [number, string]) => waiting.get(id)?.(text));
  const ask: Engine = (...input) =>
    new Promise((resolve) => {
      waiting.set(++next, resolve);
      worker.postMessage([next, ...input]);
    });
  engines.push(["worker", ask]);
  await ensureExpressions(fields);
}, 30_000);

afterAll(() => worker.terminate());

const near = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.emailAddress(),
  fc.constantFrom("2024-03-31 02:30", "1.234,5", "Deutschland", "+49 30 123456", "12.50"),
);
const record = fc.record(
  { a: near, b: fc.oneof(near, fc.array(fc.record({ b: near }))), c: fc.jsonValue(), d: near, "x.y": near },
  { requiredKeys: [] },
);

test("preview and worker give the same, byte for byte, whatever the records", async () => {
  const [fieldsText, modelText] = [JSON.stringify(fields), JSON.stringify(model)];
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 10 }), async (drawn) => {
      const sources = JSON.stringify(drawn);
      const parsed = JSON.parse(sources) as unknown[];
      const [one, two] = [compileMapping(fields, model), compileMapping(fields, model)];
      const here = JSON.stringify(parsed.map((source) => one.apply(source)));
      expect(JSON.stringify(parsed.map((source) => two.apply(source)))).toBe(here);
      expect(JSON.stringify(parsed)).toBe(sources);
      for (const [name, engine] of engines) expect([name, await engine(fieldsText, modelText, sources)]).toEqual([name, here]);
    }),
    { numRuns: 200 },
  );
}, 60_000);

test("a mapping without expressions carries neither the expression language nor the schema library to the browser", async () => {
  const built = await build({
    stdin: { contents: 'export { compileMapping } from "#server/mapping/compile";', resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    outdir: "out",
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    metafile: true,
  });
  const entry = Object.values(built.metafile.outputs).find((output) => output.entryPoint !== undefined);
  expect(Object.keys(entry?.inputs ?? {}).filter((file) => /node_modules|expressions\.ts/.test(file))).toEqual([]);
  expect(entry?.bytes).toBeLessThan(70_000);
});
