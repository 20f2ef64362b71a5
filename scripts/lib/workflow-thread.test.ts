import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { workerFlags } from "./settings.mjs";

/** Says of each thread whether a hook saw a promise, whether a call into another context is watched, and what such a call carries along. */
const PROGRAM = `
const { Worker, isMainThread, threadId } = require("node:worker_threads");
const { promiseHooks } = require("node:v8");
const { AsyncLocalStorage } = require("node:async_hooks");
const { Script, createContext } = require("node:vm");
const carried = new AsyncLocalStorage();
let seen = 0;
const stop = promiseHooks.createHook({ init() { seen++; } });
Promise.resolve();
stop();
let watched = false;
try { new Script("for (const since = Date.now(); Date.now() - since < 300;) ;").runInContext(createContext({ Date }), { timeout: 50 }); } catch { watched = true; }
const context = createContext({ later: () => carried.getStore() }, { microtaskMode: "afterEvaluate" });
let told;
carried.run("along", () => new Script("Promise.resolve().then(() => tell(later()))").runInContext(Object.assign(context, { tell: (it) => { told = it; } })));
console.log(JSON.stringify({ main: isMainThread, hooked: seen > 0, watched, told }));
if (isMainThread) new Worker(process.argv[1] ?? "", { eval: true, execArgv: undefined });
`;

test("the workflow engine's thread watches and notes nothing; the main thread is as it was", () => {
  const program = `const source = ${JSON.stringify(PROGRAM)}; process.argv[1] = source; eval(source);`;
  const said = execFileSync(process.execPath, [...workerFlags({}), "-e", program], { encoding: "utf8" });
  expect(
    said
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { main: true, hooked: true, watched: true, told: "along" },
    { main: false, hooked: false, watched: false, told: "along" },
  ]);
});
