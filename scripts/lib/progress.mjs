/** A failure with a way out: `message` says what went wrong, `advice` what to do. Printed without a stack. */
export class Stop extends Error {
  constructor(message, advice = "") {
    super(message);
    this.name = "Stop";
    this.advice = advice;
  }
}

const running = new Map();
const startedAt = Date.now();
let ticker = null;

const seconds = (ms) => `${Math.max(0, Math.round(ms / 1000))} s`;

/** How far a step is: `20 s of about 45 s`, and honest once that is over. */
export const paceOf = (ms, expectedMs) =>
  ms > expectedMs ? `${seconds(ms)}, slower than the usual ${seconds(expectedMs)}` : `${seconds(ms)} of about ${seconds(expectedMs)}`;

/** One line for people, never cut by a progress line. */
export function say(line = "") {
  process.stdout.write(`${line}\n`);
}

function tick() {
  for (const [name, step] of running) {
    const ms = Date.now() - step.since;
    if (ms - step.saidMs < 10_000) continue;
    step.saidMs = ms;
    const detail = step.detail ? ` (${step.detail})` : "";
    say(`  … ${name}: ${paceOf(ms, step.expectedMs)}${detail}`);
  }
}

/**
 * Runs one slow step and tells about it: a line at its start with the expected length, one every ten seconds, one at its
 * end. `work` gets `note(text)`, a detail for the next progress line; `null` from it means "not possible here".
 */
export async function step(name, expectedSeconds, work) {
  const since = Date.now();
  const entry = { since, saidMs: 0, expectedMs: expectedSeconds * 1000, detail: "" };
  running.set(name, entry);
  if (!ticker) ticker = setInterval(tick, 1000).unref();
  say(`· ${name} (about ${expectedSeconds} s)`);
  try {
    const result = await work((text) => {
      entry.detail = text;
    });
    say(result === null ? `– ${name}: not possible here` : `✓ ${name}: ${seconds(Date.now() - since)}`);
    return result;
  } catch (error) {
    say(`✗ ${name}: failed after ${seconds(Date.now() - since)}`);
    throw error;
  } finally {
    running.delete(name);
  }
}

/** Milliseconds since the program began. */
export const elapsedMs = () => Date.now() - startedAt;

/** Prints a failure the way a person wants it, and returns the exit code. */
export function explain(error) {
  if (error instanceof Stop) {
    console.error(`\nInlay: ${error.message}`);
    if (error.advice) console.error(`  What to do: ${error.advice}`);
  } else {
    console.error("\nInlay: an unexpected failure. Please report it with these lines:");
    console.error(error instanceof Error ? error.stack : error);
  }
  return 1;
}
