import { startStack } from "#tests/support/stack";

/** One running product for all specs; its addresses reach them through the environment (see tests/support/e2e.ts). */
export default async function setup() {
  const stack = await startStack();
  process.env["INLAY_E2E"] = JSON.stringify({ ...stack.running(), home: stack.home });
  return () => stack.stop();
}
