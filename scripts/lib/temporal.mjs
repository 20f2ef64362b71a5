import { createHash } from "node:crypto";
import { chmodSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { userCache } from "./paths.mjs";
import { Stop, say, step } from "./progress.mjs";
import { run, throwIfCancelled, tryRun } from "./run.mjs";

/** The one place that names the version: the official CLI holds the whole server. */
export const TEMPORAL = { cli: "1.5.1", server: "1.29.1", minServer: [1, 29], minGo: [1, 25] };

/** SHA-256 of the official archives of that version, as its release lists them. */
const ARCHIVES = {
  "linux-x64": ["linux_amd64", "ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d"],
  "linux-arm64": ["linux_arm64", "bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5"],
  "darwin-x64": ["darwin_amd64", "bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9"],
  "darwin-arm64": ["darwin_arm64", "cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415"],
};
const PATIENCE_MS = 4000;

const EXE = process.platform === "win32" ? ".exe" : "";
const FILE = `temporal-${TEMPORAL.cli}${EXE}`;

const atLeast = (found, wanted) => found[0] > wanted[0] || (found[0] === wanted[0] && found[1] >= wanted[1]);

/** The server version inside `temporal --version`: "… (Server 1.29.1, UI 2.42.1)" → "1.29.1", or null. */
export function serverVersion(text) {
  return /Server (\d+\.\d+\.\d+)/.exec(text ?? "")?.[1] ?? null;
}

async function versionOf(binary) {
  return serverVersion(await tryRun(binary, ["--version"], { timeoutMs: 20_000 }));
}

async function cached(home) {
  for (const dir of [path.join(home, "bin"), path.join(userCache(), "bin")]) {
    const file = path.join(dir, FILE);
    if (existsSync(file) && (await versionOf(file)) === TEMPORAL.server) return file;
  }
  return null;
}

async function onPath() {
  const version = await versionOf("temporal");
  return version && atLeast(version.split(".").map(Number), TEMPORAL.minServer) ? "temporal" : null;
}

/** A directory for finished binaries: the user's cache, which every checkout shares, else `<home>/bin`. */
function binDir(home) {
  const shared = path.join(userCache(), "bin");
  try {
    mkdirSync(shared, { recursive: true });
    rmSync(mkdtempSync(path.join(shared, "try-")), { recursive: true });
    return shared;
  } catch {
    mkdirSync(path.join(home, "bin"), { recursive: true });
    return path.join(home, "bin");
  }
}

/** Takes a fresh binary into `dir` under its final name, but only when it runs and holds the server we asked for. */
async function adopt(binary, dir) {
  chmodSync(binary, 0o755);
  const version = await versionOf(binary);
  if (version !== TEMPORAL.server) throw new Stop(`the Temporal binary says server ${version}, expected ${TEMPORAL.server}`);
  const target = path.join(dir, FILE);
  renameSync(binary, target);
  return target;
}

/** Where the official archive for this platform lies and what it must be, or null where we know of none. */
function officialArchive() {
  const known = ARCHIVES[`${process.platform}-${process.arch}`];
  if (!known) return null;
  const [name, sha256] = known;
  return {
    url: `https://github.com/temporalio/cli/releases/download/v${TEMPORAL.cli}/temporal_cli_${TEMPORAL.cli}_${name}.tar.gz`,
    sha256,
  };
}

/** Answers within `patienceMs` or not at all; afterwards a body that stands still for five times as long is given up as well. */
async function download({ url, sha256, patienceMs = PATIENCE_MS }, file, note) {
  const control = new AbortController();
  let timer = setTimeout(() => control.abort(), patienceMs);
  try {
    const response = await fetch(url, { signal: control.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    const total = Number(response.headers.get("content-length") ?? 0);
    const hash = createHash("sha256");
    let got = 0;
    const watch = async function* (source) {
      for await (const chunk of source) {
        throwIfCancelled();
        clearTimeout(timer);
        timer = setTimeout(() => control.abort(), patienceMs * 5);
        hash.update(chunk);
        got += chunk.length;
        note(`${(got / 1e6).toFixed(0)}${total ? ` of ${(total / 1e6).toFixed(0)}` : ""} MB`);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
    if (hash.digest("hex") !== sha256) throw new Error(`${url} is not what was released: its checksum is another`);
  } finally {
    clearTimeout(timer);
  }
}

/** The official archive of our version; null when its host cannot be reached or what came is not it. */
async function fromArchive(dir, note, archive) {
  if (!archive) return null;
  const work = mkdtempSync(path.join(dir, "archive-"));
  try {
    const file = path.join(work, path.basename(archive.url));
    await download(archive, file, note);
    await run("tar", ["-xf", file, "-C", work]);
    return await adopt(path.join(work, `temporal${EXE}`), dir);
  } catch (error) {
    throwIfCancelled();
    say(`  ${error.name === "AbortError" ? `${archive.url} does not answer` : (error.cause?.message ?? error.message)}`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function goVersion() {
  const text = await tryRun("go", ["version"], { timeoutMs: 20_000 });
  const match = /go(\d+)\.(\d+)/.exec(text ?? "");
  return match ? [Number(match[1]), Number(match[2])] : null;
}

/**
 * Says how far a build with Go is, from what `go install -v` prints: first the modules it fetches, then every package it has compiled.
 * It tells no total; what moves shows that it goes on.
 */
export function goProgress(note) {
  let modules = 0;
  let packages = 0;
  return (line) => {
    if (line.startsWith("go: ")) {
      if (line.startsWith("go: downloading")) note(`${++modules} modules fetched`);
    } else if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) note(`${++packages} packages compiled`);
  };
}

/** What to do where we cannot provide the server ourselves. */
function waysOut(first = []) {
  const archive = officialArchive()?.url ?? `https://github.com/temporalio/cli/releases/tag/v${TEMPORAL.cli}`;
  return [
    "one of these, then run this again:",
    ...first,
    `- put the official Temporal CLI ${TEMPORAL.cli} on the PATH as \`temporal\` (unpack ${archive}, or \`brew install temporal\`);`,
    "- point TEMPORAL_ADDRESS (and TEMPORAL_NAMESPACE, TEMPORAL_TLS=1, TEMPORAL_API_KEY) at a server you have.",
  ].join("\n    ");
}

async function fromGo(dir, note, log) {
  const work = mkdtempSync(path.join(dir, "go-"));
  const elsewhere = mkdtempSync(path.join(tmpdir(), "inlay-go-")); // no go.mod or go.work may have a say
  try {
    await run("go", ["install", "-v", "-trimpath", "-ldflags=-s -w", `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL.cli}`], {
      cwd: elsewhere,
      env: { CGO_ENABLED: "0", GOBIN: work, GOFLAGS: "", GOWORK: "off", GOOS: "", GOARCH: "" },
      log,
      onLine: goProgress(note),
      advice: waysOut(["- see that Go reaches its modules (GOPROXY, by default proxy.golang.org) and that the disk has 3 GB free;"]),
    });
    return await adopt(path.join(work, `temporal${EXE}`), dir);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

/**
 * The path of a Temporal binary, in this order: ours in a cache, one on PATH that is new enough, the official archive,
 * a build with Go. Half a binary is never left behind: everything happens under a temporary name. Throws a Stop that
 * lists the ways out when none of them works.
 *
 * @param {string} home
 * @param {{ archive?: { url: string, sha256: string, patienceMs?: number } | null }} [options]
 */
export async function provideTemporal(home, { archive = officialArchive() } = {}) {
  const ready = (await cached(home)) ?? (await onPath());
  if (ready) return ready;
  const dir = binDir(home);
  const fetched = await step(`Fetching the Temporal server ${TEMPORAL.server}`, 20, (note) => fromArchive(dir, note, archive));
  if (fetched) return fetched;
  const go = await goVersion();
  const problem = go ? `Go ${go.join(".")} is too old (${TEMPORAL.minGo.join(".")} is needed)` : "there is no Go here to build it with";
  if (!go || !atLeast(go, TEMPORAL.minGo)) {
    throw new Stop(
      `no Temporal server: its archive cannot be fetched from github.com, and ${problem}`,
      waysOut([`- install Go ${TEMPORAL.minGo.join(".")} or newer: it is then built here in two to three minutes;`]),
    );
  }
  return await step("Building the Temporal server with Go", 180, (note) =>
    fromGo(dir, note, path.join(home, "logs", "temporal-build.log")),
  );
}
