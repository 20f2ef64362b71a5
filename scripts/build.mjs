// `npm run build [-- widget bundles workflows app]`: builds everything, or the artefacts named.
import { buildStale } from "./lib/build.mjs";
import { explain } from "./lib/progress.mjs";

const only = process.argv.slice(2);
try {
  await buildStale({ force: true, ...(only.length > 0 ? { only } : {}) });
} catch (error) {
  process.exitCode = explain(error);
}
