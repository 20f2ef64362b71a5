import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { keepBounded, openLog } from "./logs.mjs";
import { ROOT } from "./paths.mjs";
import { isAlive, isStill } from "./process-identity.mjs";

const STEADY_MS = 30_000;
const BACKOFF_MS = [200, 500, 1000, 2000, 5000, 10_000];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    try {
      process.kill(pid, signal);
    } catch {
      // gone already
    }
  }
}

/** Asks a process group to end, then makes it. Resolves when its leader is gone. */
export async function endProcess(pid, signal = "SIGTERM", graceMs = 8000) {
  signalGroup(pid, signal);
  for (let waited = 0; waited < graceMs && isAlive(pid); waited += 25) await sleep(25);
  if (isAlive(pid)) signalGroup(pid, "SIGKILL");
  for (let waited = 0; waited < 2000 && isAlive(pid); waited += 25) await sleep(25);
  signalGroup(pid, "SIGKILL"); // whatever it left in its group
}

/** Ends children `{ pid, birth }` of a former supervisor that still run. Ids are given out again: a later process is nobody's child. */
export async function endOrphans(children) {
  const alive = Object.values(children ?? {}).filter((child) => isStill(child?.pid, child?.birth));
  await Promise.all(alive.map(({ pid }) => endProcess(pid, "SIGTERM", 5000)));
  if (alive.length > 0) await sleep(200); // until the kernel has taken their ports back
}

/**
 * One child kept alive: its output goes to `log`, it is started again with growing pauses when it dies, and it lives in a
 * process group of its own, so that Ctrl-C reaches only the supervisor, which ends things in the right order.
 * `onChange` hears of every start and every unasked-for end.
 */
export function keepChild({
  name,
  command,
  args,
  env,
  options = {},
  log,
  stopSignal = "SIGTERM",
  graceMs = 8000,
  leash = false,
  onChange,
}) {
  const state = { name, pid: 0, restarts: 0, stopping: false, log };
  let attempt = 0;
  let timer;

  const start = () => {
    const out = openLog(log);
    const since = Date.now();
    const child = spawn(command, args, {
      cwd: ROOT,
      ...options,
      env: env ?? options.env ?? process.env,
      detached: true,
      stdio: leash ? ["ignore", out, out, "ipc"] : ["ignore", out, out],
    });
    closeSync(out);
    state.pid = child.pid ?? 0;
    let ended = false;
    const onEnd = (reason) => {
      if (ended) return;
      ended = true;
      state.pid = 0;
      if (state.stopping) return;
      if (Date.now() - since > STEADY_MS) attempt = 0;
      state.restarts++;
      const pauseMs = BACKOFF_MS[Math.min(attempt++, BACKOFF_MS.length - 1)];
      onChange?.({ name, event: "ended", reason, pauseMs });
      timer = setTimeout(start, pauseMs);
    };
    child.once("error", (error) => onEnd(error.message));
    child.once("exit", (code, signal) => onEnd(signal ?? `code ${code}`));
    onChange?.({ name, event: "started", pid: state.pid });
  };

  start();
  const stopLooking = keepBounded(log);
  return {
    state,
    /** Ends it for good without waiting, the hard way: `signal` is one that its whole group dies of. */
    kill(signal) {
      state.stopping = true;
      stopLooking();
      clearTimeout(timer);
      if (state.pid) signalGroup(state.pid, signal);
    },
    /** Ends it for good. */
    async stop() {
      state.stopping = true;
      stopLooking();
      clearTimeout(timer);
      if (state.pid) await endProcess(state.pid, stopSignal, graceMs);
    },
  };
}
