import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { Stop } from "./progress.mjs";

/** Whether a process of that id exists (also when it is another user's). */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function isZombie(pid) {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The command line of a process, or "" when it cannot be had. Guards against process ids that were given out again. */
export function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    try {
      return execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      return "";
    }
  }
}

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
};

const isOurs = (pid) => isAlive(pid) && /(start|supervise|dev)\.mjs/.test(commandOf(pid));

/** The live owner of the lock, or null. */
function ownerOf(file) {
  const pid = Number(readFileOr(file));
  return pid && isOurs(pid) ? pid : null;
}

/** Throws a Stop that tells where to find the one that runs here already. */
export function refuseIfRunning(home) {
  const pid = ownerOf(path.join(home, "lock"));
  if (!pid || pid === process.pid) return;
  const running = readJson(path.join(home, "running.json"));
  const where = running?.pids?.supervisor === pid ? `at ${running.origin} (demo: ${running.demoOrigin}/demo)` : "and not ready yet";
  throw new Stop(
    `already running here, process ${pid}, ${where}`,
    `Use that one, end it with Ctrl-C or \`kill ${pid}\`, or start a second one beside it with its own INLAY_HOME.`,
  );
}

function tryLock(file) {
  try {
    const handle = openSync(file, "wx", 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Makes this process the only one that runs `home`; returns how to let go. When another one does already, a Stop says
 * where it is to be found. Taking it twice is harmless. A lock whose owner is dead, or whose id now belongs to something else, is taken over.
 */
export function takeLock(home) {
  const file = path.join(home, "lock");
  const isMine = () => readFileOr(file) === String(process.pid);
  const release = () => {
    if (isMine()) rmSync(file, { force: true });
  };
  for (let attempt = 0; attempt < 6; attempt++) {
    if (isMine() || tryLock(file)) return release;
    refuseIfRunning(home);
    const stale = readFileOr(file);
    // Created this very instant, its number not written yet? Then look again.
    if (stale === "" && attempt < 3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    else if (readFileOr(file) === stale) rmSync(file, { force: true });
  }
  throw new Stop(`cannot take the lock ${file}`, "Delete that file if no Inlay is running, then try again.");
}

function readFileOr(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}

/** What a former supervisor wrote about its children, or null. */
export const readRunning = (home, file = "running.json") => readJson(path.join(home, file));
