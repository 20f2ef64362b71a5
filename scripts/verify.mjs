// `npm run verify`: what can be known in a minute, without a database or a browser.
import { say } from "./lib/progress.mjs";
import { tally, verify } from "./lib/verify.mjs";

const { passed, failed } = tally(await verify());
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
