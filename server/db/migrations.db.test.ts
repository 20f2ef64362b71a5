import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";

test("every migration says first what it locks", () => {
  for (const file of readdirSync("drizzle").filter((name) => name.endsWith(".sql"))) {
    expect(readFileSync(path.join("drizzle", file), "utf8").split("\n")[0], file).toMatch(/^-- .+/);
  }
});

test("the migrations and the schema say the same", () => {
  const out = mkdtempSync(path.join(tmpdir(), "inlay-drift-"));
  try {
    execFileSync("cp", ["-r", "drizzle/.", out]);
    const before = readdirSync(out).length;
    execFileSync(
      process.execPath,
      [
        "node_modules/drizzle-kit/bin.cjs",
        "generate",
        "--dialect",
        "postgresql",
        "--schema",
        "./server/db/schema.ts",
        "--out",
        path.relative(".", out),
      ],
      { stdio: "pipe" },
    );
    expect(readdirSync(out).length, "run `npm run db:generate -- --name <what>` and commit what it writes").toBe(before);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 60_000);
