import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { Stop } from "./progress.mjs";

const live = new Set();

let cancelled = false;

/** Ends whatever {@link run} has under way, lets nothing new begin, and resolves when all of it is gone. */
export async function cancelAll() {
  cancelled = true;
  const ends = [...live].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of live) child.kill("SIGTERM");
  await Promise.all(ends);
}

/** Throws once {@link cancelAll} was called. */
export function throwIfCancelled() {
  if (cancelled) throw new Stop("stopped on request");
}

/**
 * Runs a command to its end and returns its output. The output also goes to `log` (a file) and, line by line, to `onLine`;
 * what matches `hide` is kept out of the log; with `inherit` it goes to our own output instead. A command that fails throws a Stop with its last lines and
 * `advice`; where `explained` matches what it wrote, the first group is all that is said of it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, log?: string, hide?: RegExp, onLine?: (line: string) => void, inherit?: boolean, advice?: string, explained?: RegExp, timeoutMs?: number }} [options]
 */
export async function run(
  command,
  args,
  { cwd = ROOT, env = {}, log, hide, onLine, inherit = false, advice = "", explained, timeoutMs } = {},
) {
  throwIfCancelled();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"],
    ...(timeoutMs ? { timeout: timeoutMs } : {}),
  });
  live.add(child);
  let output = "";
  let sink;
  if (log) {
    mkdirSync(path.dirname(log), { recursive: true, mode: 0o700 });
    sink = createWriteStream(log, { flags: "a", mode: 0o600 });
    sink.once("error", (error) => {
      output += `(its log cannot be written: ${error.message})\n`;
      sink = undefined;
    });
  }
  const take = (chunk) => {
    const text = chunk.toString();
    output = (output + text).slice(-200_000);
    sink?.write(hide ? text.replace(hide, "[hidden]") : text);
    if (onLine) for (const line of text.split("\n")) if (line.trim()) onLine(line.trim());
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const code = await new Promise((resolve) => {
    child.once("error", (error) => {
      output += `${error.message}\n`;
      resolve(127);
    });
    child.once("close", (status, signal) => resolve(status ?? (signal ? 128 : 1)));
  });
  live.delete(child);
  sink?.end();
  if (code !== 0) {
    const told = explained?.exec(output)?.[1]?.trim();
    if (told) throw new Stop(told, log ? `Correct that and start again. The log is ${path.relative(ROOT, log)}.` : advice);
    const tail = output.trim().split("\n").slice(-15).join("\n    ");
    const where = log ? ` Everything it said is in ${path.relative(ROOT, log)}.` : "";
    throw new Stop(`\`${path.basename(command)} ${args.join(" ")}\` ended with code ${code}\n    ${tail}`, `${advice}${where}`);
  }
  return output;
}

/** The same, but a failure is an answer: `null` instead of the output. */
export async function tryRun(command, args, options = {}) {
  try {
    return await run(command, args, options);
  } catch {
    return null;
  }
}
