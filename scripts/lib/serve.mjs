import { explain, say } from "./progress.mjs";
import { killRunning } from "./run.mjs";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program that goes on until it is told to end: `begin` prepares and returns `{ stop }`. The first signal ends it
 * in order (also in the middle of the preparation), a second one at once.
 */
export async function serve(begin) {
  let system;
  let asked = false;
  const end = async () => {
    if (asked) process.exit(130);
    asked = true;
    killRunning();
    if (!system) return; // `begin` fails now, because its command was ended, or returns soon: see below
    say("\nStopping …");
    await system.stop();
    say("Stopped. The data stay where they are; `npm start` goes on with them.");
    process.exit(0);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    system = await begin({ cancelled: () => asked });
    if (!asked) return;
    await system.stop();
    process.exit(130);
  } catch (error) {
    process.exit(asked ? 130 : explain(error));
  }
}
