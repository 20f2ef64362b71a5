import { chmodSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { userCache } from "./paths.mjs";
import { Stop, step } from "./progress.mjs";
import { run, throwIfCancelled, tryRun } from "./run.mjs";

/** The one place that names the version: the official CLI holds the whole server. */
export const TEMPORAL = { cli: "1.5.1", server: "1.29.1", minServer: [1, 29], minGo: [1, 25] };

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

function archiveUrl() {
  const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform];
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch];
  if (!platform || !arch) return null;
  const end = platform === "windows" ? "zip" : "tar.gz";
  return `https://github.com/temporalio/cli/releases/download/v${TEMPORAL.cli}/temporal_cli_${TEMPORAL.cli}_${platform}_${arch}.${end}`;
}

/** Answers within four seconds or not at all; afterwards a body that stands still for 20 s is given up as well. */
async function download(url, file, note) {
  const control = new AbortController();
  let timer = setTimeout(() => control.abort(), 4000);
  const response = await fetch(url, { signal: control.signal });
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
  const total = Number(response.headers.get("content-length") ?? 0);
  let got = 0;
  const watch = async function* (source) {
    for await (const chunk of source) {
      throwIfCancelled();
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), 20_000);
      got += chunk.length;
      note(`${(got / 1e6).toFixed(0)}${total ? ` of ${(total / 1e6).toFixed(0)}` : ""} MB`);
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  clearTimeout(timer);
}

/** The official archive of our version; null when its host cannot be reached or the archive is no good. */
async function fromArchive(dir, note, url = archiveUrl()) {
  if (!url) return null;
  const work = mkdtempSync(path.join(dir, "archive-"));
  try {
    const archive = path.join(work, path.basename(url));
    await download(url, archive, note);
    await run("tar", ["-xf", archive, "-C", work]);
    return await adopt(path.join(work, `temporal${EXE}`), dir);
  } catch {
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

async function fromGo(dir, note, log) {
  const work = mkdtempSync(path.join(dir, "go-"));
  const elsewhere = mkdtempSync(path.join(tmpdir(), "inlay-go-")); // no go.mod or go.work may have a say
  let modules = 0;
  try {
    await run("go", ["install", "-trimpath", "-ldflags=-s -w", `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL.cli}`], {
      cwd: elsewhere,
      env: { CGO_ENABLED: "0", GOBIN: work, GOFLAGS: "", GOWORK: "off", GOOS: "", GOARCH: "" },
      log,
      onLine: (line) => {
        if (line.startsWith("go: downloading")) note(`${++modules} modules fetched`);
      },
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
 */
export async function provideTemporal(home, { archive = archiveUrl() } = {}) {
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
      [
        "one of these three, then run this again:",
        `- put the official Temporal CLI ${TEMPORAL.cli} on the PATH (https://github.com/temporalio/cli/releases/tag/v${TEMPORAL.cli}, or \`brew install temporal\`);`,
        `- install Go ${TEMPORAL.minGo.join(".")} or newer: it is then built here in two to three minutes;`,
        "- point TEMPORAL_ADDRESS (and TEMPORAL_NAMESPACE, TEMPORAL_TLS=1, TEMPORAL_API_KEY) at a server you have.",
      ].join("\n    "),
    );
  }
  return await step("Building the Temporal server with Go", 180, (note) =>
    fromGo(dir, note, path.join(home, "logs", "temporal-build.log")),
  );
}
