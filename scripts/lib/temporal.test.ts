import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { goProgress, provideTemporal, TEMPORAL } from "./temporal.mjs";

// On a machine with neither Temporal nor Go: the archive is the only way, or there is none.

const outer = { PATH: process.env["PATH"], XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] };
let dir: string;
let server: Server | undefined;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "inlay-provide-"));
  mkdirSync(path.join(dir, "tools"));
  for (const tool of ["tar", "gzip"]) {
    const real = execFileSync("which", [tool], { encoding: "utf8" }).trim();
    symlinkSync(real, path.join(dir, "tools", tool));
  }
  Object.assign(process.env, { PATH: path.join(dir, "tools"), XDG_CACHE_HOME: path.join(dir, "cache") });
});
afterEach(() => {
  Object.assign(process.env, { PATH: outer.PATH });
  if (outer.XDG_CACHE_HOME === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = outer.XDG_CACHE_HOME;
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

const bin = () => path.join(dir, "cache", "inlay", "bin");
type Archive = { url: string; sha256: string; patienceMs?: number };
const provide = (archive: Archive) => provideTemporal(path.join(dir, "home"), { archive });
const refused = (archive: Archive) =>
  expect(provide(archive)).rejects.toMatchObject({
    message: expect.stringMatching(/^no Temporal server: its archive cannot be fetched/),
    advice: expect.stringContaining("TEMPORAL_ADDRESS"),
  });

/** An archive with a program that says it is the version asked for. */
function packed(said = `temporal version ${TEMPORAL.cli} (Server ${TEMPORAL.server}, UI 2.42.1)`) {
  const file = path.join(dir, "temporal");
  writeFileSync(file, `#!/bin/sh\necho "${said}"\n`);
  chmodSync(file, 0o755);
  execFileSync("tar", ["-czf", path.join(dir, "archive.tar.gz"), "-C", dir, "temporal"]);
  const bytes = readFileSync(path.join(dir, "archive.tar.gz"));
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.tar.gz`;
}

test("the archive is fetched, checked and kept for the next time", async () => {
  const { bytes, sha256 } = packed();
  let asked = 0;
  const url = await serve((_, answer) => {
    asked += 1;
    answer.end(bytes);
  });
  const binary = await provide({ url, sha256 });
  expect(binary).toBe(path.join(bin(), `temporal-${TEMPORAL.cli}`));
  expect(execFileSync(binary, ["--version"], { encoding: "utf8" })).toContain(TEMPORAL.server);
  expect(await provide({ url, sha256 })).toBe(binary);
  expect(asked).toBe(1);
  expect(readdirSync(bin())).toEqual([path.basename(binary)]);
});

test.each<[string, (bytes: Buffer) => RequestListener]>([
  ["changed on the way", (bytes) => (_, answer) => answer.end(Buffer.concat([bytes, Buffer.from("x")]))],
  [
    "cut off, with its length told",
    (bytes) => (_, answer) => {
      answer.writeHead(200, { "content-length": bytes.length });
      answer.write(bytes.subarray(0, 40), () => answer.destroy());
    },
  ],
  ["cut off, without", (bytes) => (_, answer) => answer.end(bytes.subarray(0, bytes.length / 2))],
  ["not there", () => (_, answer) => answer.writeHead(404).end("no")],
  ["silent", () => () => {}],
])("an archive that is %s is refused, and leaves nothing behind", async (_, listenerOf) => {
  const { bytes, sha256 } = packed();
  await refused({ url: await serve(listenerOf(bytes)), sha256, patienceMs: 300 });
  expect(existsSync(bin()) ? readdirSync(bin()) : []).toEqual([]);
});

test("another version inside is refused, and so is a host that is not there", async () => {
  const { bytes, sha256 } = packed("temporal version 1.0.0 (Server 1.24.0, UI 2.0.0)");
  const url = await serve((_, answer) => answer.end(bytes));
  await refused({ url, sha256 });
  server?.close();
  server?.closeAllConnections();
  await refused({ url, sha256 });
});

/** A Go that says it is new enough and then does what the script says. */
function withGo(install: string) {
  writeFileSync(
    path.join(dir, "tools", "go"),
    `#!/bin/sh\nif [ "$1" = version ]; then echo "go version go1.25.3 linux/amd64"; exit; fi\n${install}\n`,
  );
  chmodSync(path.join(dir, "tools", "go"), 0o755);
}

test("a build that fails says what Go said, and every way out", async () => {
  withGo('echo "go: downloading a.example/b v1.0.0" >&2; echo "dial tcp: no route to host" >&2; exit 1');
  const refusal = provide({ url: "http://127.0.0.1:1/archive.tar.gz", sha256: "" });
  await expect(refusal).rejects.toMatchObject({ message: expect.stringContaining("no route to host") });
  const { advice } = await refusal.catch((error: { advice: string }) => error);
  for (const way of ["GOPROXY", `official Temporal CLI ${TEMPORAL.cli}`, "on the PATH", ".tar.gz", "TEMPORAL_ADDRESS"])
    expect(advice).toContain(way);
});

test("while Go compiles, the line of progress moves", () => {
  const notes: string[] = [];
  const take = goProgress((text: string) => notes.push(text));
  const lines = [
    "go: downloading golang.org/x/net v0.1.0",
    "golang.org/x/net/html",
    "go: finding module",
    "internal/cpu",
    "# a.example/b",
    "main.go:1: wrong",
  ];
  for (const line of lines) take(line);
  expect(notes).toEqual(["1 modules fetched", "1 packages compiled", "2 packages compiled"]);
});
