import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** A server as a process of its own, with all that it starts; ended with SIGKILL. Ready when `address` answers at all. */
export async function startChild(command: string, args: string[], options: { cwd: string; env?: Record<string, string>; address: string }) {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, NODE_ENV: "production", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, so that its children go with it
  });
  let said = "";
  const take = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await gone;
  };
  const until = Date.now() + 600_000; // a first start makes its database
  while (!(await answers(options.address))) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`${command} did not start:\n${said}`);
    }
    await sleep(200);
  }
  return { stop };
}

const answers = (address: string) =>
  fetch(address, { redirect: "manual" }).then(
    () => true,
    () => false,
  );
