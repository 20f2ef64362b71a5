import { type ChildProcess, spawn } from "node:child_process";

/** A browser that somebody else drives for us, with one page open and the marketplace's frame in it. */
export type Browser = {
  name: string;
  version: string;
  go(url: string): Promise<void>;
  /** The value of an expression, in the page or in the marketplace's frame; plain data. */
  look<T>(where: "page" | "frame", expression: string): Promise<T>;
  /** Presses what an expression finds in the frame, as a hand would. */
  press(element: string): Promise<void>;
  /** Types into what an expression finds in the frame, in place of what stands there. */
  type(element: string, text: string): Promise<void>;
  /** Presses what an expression finds in the window that opened last, and waits until that window is gone. */
  pressInWindow(element: string): Promise<void>;
  close(): Promise<void>;
};

const PATIENCE_MS = 90_000;

/** Asks again and again until there is an answer that counts. What fails meanwhile is told when time is up. */
export async function until<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  let last: unknown = "nothing";
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: waited ${PATIENCE_MS / 1_000} s in vain (${last instanceof Error ? last.message : String(last)})`);
}

/** Starts a program that goes with the test. */
export function start(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): { child: ChildProcess; stop: () => Promise<void> } {
  const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, ...env }, detached: true });
  const stop = async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGKILL"); // with its children: a browser is many processes
    await gone;
  };
  return { child, stop };
}
