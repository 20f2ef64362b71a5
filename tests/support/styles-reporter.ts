import path from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { type Ran, unprovenStyles } from "./styles-run";

const ROOT = path.join(import.meta.dirname, "..", "..");

function namesOf(test: TestCase): string[] {
  const names = [test.name];
  for (let here = test.parent; here.type === "suite"; here = here.parent) names.unshift(here.name);
  return names;
}

/** Fails a run of whole files in which a style's test did not pass. */
// biome-ignore lint/style/noDefaultExport: vitest looks for a reporter there
export default class StylesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const whole = modules.filter(({ project }) => project.config.testNamePattern === undefined);
    const fileOf = (module: TestModule) => path.relative(ROOT, module.moduleId).replaceAll(path.sep, "/");
    const passed = whole.flatMap((module): Ran[] =>
      [...module.children.allTests("passed")].map((test) => ({ file: fileOf(module), names: namesOf(test) })),
    );
    const unproven = unprovenStyles(whole.map(fileOf), passed);
    for (const one of unproven) console.error(`styles: ${one}`);
    if (unproven.length > 0) process.exitCode = 1;
  }
}
