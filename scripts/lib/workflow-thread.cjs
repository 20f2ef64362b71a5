// Loaded into the worker's threads before anything else (`--require`, see settings.mjs). The workflow engine guards against code that nobody knows:
// it starts a thread to watch each call into a workflow (0.1 ms of CPU, four calls a turn) and notes a stack for each promise, for people who ask a
// workflow where it stands. Ours are few, are known, and wait at every turn; both together were two thirds of their thread's time.
const { isMainThread } = require("node:worker_threads");

if (!isMainThread) {
  const { promiseHooks } = require("node:v8");
  const { createHook } = promiseHooks;
  // What hooks before and after, too, carries something along (Node's AsyncLocalStorage, on which the engine stands); who does not only takes notes.
  promiseHooks.createHook = (hooks) => (hooks.before || hooks.after ? createHook(hooks) : () => {});

  const { Script } = require("node:vm");
  const { runInContext } = Script.prototype;
  Script.prototype.runInContext = function (context, options) {
    const { timeout: _unwatched, ...rest } = options ?? {};
    return runInContext.call(this, context, rest);
  };
}
