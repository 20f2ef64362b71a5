import { explain, say } from "./progress.mjs";
import { cancelAll } from "./run.mjs";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program that goes on until it is told to end: `begin` prepares and returns `{ stop, kill }`. The first signal ends it
 * in order (also in the middle of the preparation), a second one at once, and nothing stays behind either way.
 */
export async function serve(begin) {
  let system;
  let asked = false;
  const end = async (code) => {
    if (asked) {
      system?.kill();
      process.exit(130);
    }
    asked = true;
    if (!system) {
      void cancelAll(); // `begin` fails now, ends what it started, and we leave below
      setTimeout(() => process.exit(130), 20_000).unref();
      return;
    }
    say("\nStopping …");
    await system.stop();
    say("Stopped. The data stay where they are; `npm start` goes on with them.");
    process.exit(code);
  };
  for (const signal of SIGNALS) process.on(signal, () => void end(0));
  for (const failure of ["uncaughtException", "unhandledRejection"]) process.on(failure, (error) => void end(explain(error)));
  try {
    system = await begin();
    if (!asked) return;
    await system.stop();
    process.exit(130);
  } catch (error) {
    const code = asked ? 130 : explain(error);
    setTimeout(() => process.exit(code), 20_000).unref();
    await cancelAll(); // what went on beside it
    process.exit(code);
  }
}
