// `npm run docs`: writes docs/reference from the code. With --check: fails when what is there is not what would be written.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { openApiText } from "#server/rest/openapi";

const FILE = "docs/reference/openapi.json";
const text = `${JSON.stringify(JSON.parse(openApiText()), null, 2)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (!existsSync(FILE) || readFileSync(FILE, "utf8") !== text) {
  console.error(`${FILE} is not what the operations say: run \`npm run docs\` and commit it`);
  process.exitCode = 1;
}
