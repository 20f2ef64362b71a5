import { mkdirSync } from "node:fs";
import path from "node:path";
import { tryRun } from "./run.mjs";

/** Settings of the embedded server. `start-dev` as it comes polls its queues every 50 ms and its timers every second. */
const DYNAMIC = [
  "history.transferProcessorMaxPollRPS=1000",
  "history.timerProcessorMaxPollRPS=1000",
  'history.timerProcessorMaxTimeShift="20ms"',
  "matching.enableFairness=true",
  "matching.numTaskqueueReadPartitions=1",
  "matching.numTaskqueueWritePartitions=1",
];

/** Arguments of the server on `file`, with our search attributes registered. */
export function temporalArgs({ file, port, uiPort, searchAttributes }) {
  mkdirSync(path.dirname(file), { recursive: true });
  return [
    "server",
    "start-dev",
    ...["--ip", "127.0.0.1", "--port", String(port)],
    ...(uiPort ? ["--ui-port", String(uiPort)] : ["--headless"]),
    ...["--db-filename", file, "--log-level", "warn"],
    ...searchAttributes.flatMap((name) => ["--search-attribute", `${name}=Keyword`]),
    ...["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"],
    ...DYNAMIC.flatMap((setting) => ["--dynamic-config-value", setting]),
  ];
}

/** True once the server answers for its default namespace. */
export async function temporalReady(binary, port) {
  const args = ["operator", "namespace", "describe", "--namespace", "default", "--address", `127.0.0.1:${port}`];
  return (await tryRun(binary, args, { timeoutMs: 3000 })) !== null;
}
