import { readSettings } from "./settings";
import { startSimulator } from "./start";

/** Process entry: runs the simulator until it is told to stop. */
async function main(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: the entry of a process of its own; everything else gets settings
  const simulator = await startSimulator(readSettings(process.env));
  process.stdout.write(`simulator ready at ${simulator.origin}\n`);
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void simulator.stop().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
