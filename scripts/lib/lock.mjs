import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { birthOf, isStill } from "./process-identity.mjs";
import { Stop } from "./progress.mjs";

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
};

/** What the lock of this process holds: its id and its birth. */
const mine = () => `${process.pid} ${birthOf(process.pid)}`;

/** The live owner of the lock, or null. */
function ownerOf(file) {
  const [pid, birth] = readFileOr(file).split(" ");
  return isStill(Number(pid), birth) ? Number(pid) : null;
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
    writeSync(handle, mine());
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
  const isMine = () => readFileOr(file) === mine();
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
