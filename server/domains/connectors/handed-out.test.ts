import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkManifest } from "./check-manifest";
import { faultText } from "./schema";

const STARTER = /STARTER = `([\s\S]*?)`;/.exec(readFileSync("components/vendor/connectors/starter.ts", "utf8"))?.[1] ?? "";
const PAGE = readFileSync("docs/guides/private-connector.md", "utf8");
const GUIDE = /```yaml\n(key: [\s\S]*?)```/.exec(PAGE)?.[1] ?? "";
/** The real system's file with the two lines that the guide has others for. */
const [, HOST_LINE = "", BASE_LINE = ""] = /```yaml\n( +- \{ key: host.*)\n( +baseUrl.*)\n```/.exec(PAGE) ?? [];
const REDMINE = readFileSync("tests/live/redmine/manifest.yaml", "utf8")
  .replace(/^ +- \{ key: host.*$/m, () => HOST_LINE)
  .replace(/^ +baseUrl.*$/m, () => BASE_LINE);
const LIVE = readdirSync("tests/live")
  .map((folder) => `tests/live/${folder}/manifest.yaml`)
  .filter((file) => existsSync(file));

/** Files that vendors begin with, and those with which real servers are connected. */
test.each([
  ["what an empty editor starts with", STARTER],
  ["the guide's", GUIDE],
  ["the guide's Redmine", REDMINE],
  ...LIVE.map((file) => [file, readFileSync(file, "utf8")]),
])("%s is taken as it is", (_, text = "") => {
  const checked = checkManifest(text);
  expect(checked.ok ? [] : checked.faults.map(faultText)).toEqual([]);
});
