import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { mendedDriver } from "./driver-patch.mjs";
import { ensureWritable, ROOT } from "./paths.mjs";
import { Stop, step } from "./progress.mjs";
import { run } from "./run.mjs";
import { hashInputs, isStale, stamp } from "./stale.mjs";

/** Entries of our own processes; the supervisor also needs the words it shares with the workflows. */
const ENTRIES = {
  web: "server/http/main.ts",
  worker: "workflows/worker.ts",
  simulator: "server/simulator/main.ts",
  setup: "server/setup.ts",
  contract: "workflows/contract.ts",
};
/** What a vendor's page loads: entry, script, and the most it may have, gzipped. Together at most 4 kB. */
const SCRIPTS = [
  { entry: "components/widget/index.ts", file: "public/v1/inlay.js", budget: 1400 },
  { entry: "components/widget/headless-script.ts", file: "public/v1/headless.js", budget: 2200 },
];
const COMMON = ["package.json", "package-lock.json", "tsconfig.json", "scripts/lib/build.mjs", "scripts/lib/driver-patch.mjs"];

const WHERE_BUILT = "Give this user the right to write there: what is built stands in the checkout.";

const at = (...parts) => path.join(ROOT, ...parts);

function requireEntry(file) {
  if (!existsSync(at(file))) throw new Stop(`${file} is missing, it cannot be built`, "Restore it (`git status` shows what was removed).");
}

/** Bundles our processes: our own files into one each, packages stay where npm put them, but for the driver, which is mended on the way. */
async function buildBundles() {
  const { build } = await import("esbuild");
  for (const file of Object.values(ENTRIES)) requireEntry(file);
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(ENTRIES).map(([out, file]) => ({ in: file, out })),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    plugins: [mendedDriver],
    sourcemap: "linked",
    logLevel: "silent",
  }).catch(asStop("bundling the processes"));
}

/** Bundles the workflows the way the worker runs them. Fails on anything that is not deterministic (node modules). */
async function buildWorkflows() {
  const { bundleWorkflowCode } = await import("@temporalio/worker");
  requireEntry("workflows/definitions/index.ts");
  const said = [];
  const log = (level) => (message) => void said.push(`${level} ${message}`);
  const logger = { log: () => {}, trace: () => {}, debug: () => {}, info: () => {}, warn: log("warn"), error: log("error") };
  const { code } = await bundleWorkflowCode({ workflowsPath: at("workflows/definitions/index.ts"), logger }).catch((error) => {
    throw new Stop(
      `bundling the workflows failed: ${error.message}\n    ${said.join("\n    ").slice(0, 4000)}`,
      "Correct the file named above.",
    );
  });
  mkdirSync(at("dist"), { recursive: true });
  writeFileSync(at("dist/workflow-bundle.js"), code);
}

async function buildScript({ entry, file, budget }) {
  const { build } = await import("esbuild");
  requireEntry(entry);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020", // older browsers have no showModal either
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
  }).catch(asStop(`bundling ${file}`));
  const bytes = gzipSync(readFileSync(at(file)), { level: 9 }).length;
  if (bytes > budget) throw new Stop(`${file} has ${bytes} bytes gzipped, its budget is ${budget}`, "Make components/widget smaller.");
  return `${file} ${bytes} bytes of ${budget}`;
}

/** Builds the scripts that vendors embed, and refuses one that grew: their size is a promise. Returns their sizes in words. */
export async function buildWidget() {
  const sizes = [];
  for (const script of SCRIPTS) sizes.push(await buildScript(script));
  return sizes.join(", ");
}

async function buildApp(log) {
  await run(process.execPath, [at("node_modules/next/dist/bin/next"), "build"], {
    env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    log,
    advice: "Correct what is named above (`npm run verify` shows it faster).",
  });
}

function asStop(doing) {
  return (error) => {
    const lines = (error.errors ?? []).map(({ text, location }) => `${location ? `${location.file}:${location.line}: ` : ""}${text}`);
    throw new Stop(`${doing} failed\n    ${lines.join("\n    ") || error.message}`, "Correct the lines named above, then run this again.");
  };
}

const ARTEFACTS = (log) => [
  {
    name: "widget",
    label: "Building the embed script",
    seconds: 1,
    inputs: [...COMMON, "components/widget"],
    outputs: SCRIPTS.map(({ file }) => file),
    build: buildWidget,
  },
  {
    name: "bundles",
    label: "Bundling the processes",
    seconds: 2,
    inputs: [...COMMON, "server", "workflows"],
    outputs: Object.keys(ENTRIES).map((name) => `dist/${name}.mjs`),
    build: buildBundles,
  },
  {
    name: "workflows",
    label: "Bundling the workflows",
    seconds: 3,
    inputs: [...COMMON, "workflows"],
    outputs: ["dist/workflow-bundle.js"],
    build: buildWorkflows,
  },
  {
    name: "app",
    label: "Building the web app",
    seconds: 60,
    inputs: [
      ...COMMON,
      "app",
      "components",
      "server",
      "workflows/contract.ts",
      "public",
      "next.config.ts",
      "postcss.config.mjs",
      "proxy.ts",
      "instrumentation.ts",
    ],
    outputs: [".next/BUILD_ID"],
    build: () => buildApp(log),
  },
];

/**
 * Builds what is missing or stale. `only` names artefacts (widget, bundles, workflows, app); `force` builds them anyway.
 * @param {{ log?: string, only?: string[], force?: boolean }} [options]
 */
export async function buildStale({ log, only, force = false } = {}) {
  for (const artefact of ARTEFACTS(log)) {
    if (only && !only.includes(artefact.name)) continue;
    if (!force && !isStale(artefact.name, artefact.inputs, artefact.outputs)) continue;
    for (const output of artefact.outputs) ensureWritable(path.dirname(at(output)), WHERE_BUILT);
    const hash = hashInputs(artefact.inputs);
    await step(artefact.label, artefact.seconds, () => artefact.build());
    stamp(artefact.name, hash);
  }
}
