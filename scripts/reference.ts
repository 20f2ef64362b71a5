// `npm run docs`: writes docs/reference from the code. With --check: fails when what is there is not what would be written.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { listManifests } from "#server/connectors/index";
import { connectorsReference } from "#server/domains/connectors/connectors-reference";
import { manifestReference } from "#server/domains/connectors/reference";
import { readyReference } from "#server/domains/templates/ready-reference";
import { transformsReference } from "#server/mapping/reference";
import { openApiText } from "#server/rest/openapi";
import { authReference } from "#server/runtime/auth/reference";
import { contractWords } from "#tests/support/contracts";
import { STYLES } from "#tests/support/styles";

const PAGES: Record<string, string> = {
  "docs/reference/openapi.json": `${JSON.stringify(JSON.parse(openApiText()), null, 2)}\n`,
  "docs/reference/auth-kinds.md": authReference(),
  "docs/reference/connectors.md": connectorsReference(listManifests(), STYLES, contractWords()),
  "docs/reference/manifest.md": manifestReference(),
  "docs/reference/ready-templates.md": readyReference(),
  "docs/reference/transforms.md": transformsReference(),
};

for (const [file, text] of Object.entries(PAGES)) {
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`${file} is not what the code says: run \`npm run docs\` and commit it`);
    process.exitCode = 1;
  }
}
