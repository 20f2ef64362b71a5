import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CustomerCtx } from "#server/lib/context";
import { freePort } from "#tests/support/postgres";
import { journey } from "./support/journey";
import { startLaidOver } from "./support/laid-over";
import { connectByForm, type Product } from "./support/product";
import { startRelay } from "./support/relay";
import { givenFor } from "./support/report";

const HERE = "tests/live/redmine";
const KEYS = { admin: "a".repeat(40), somebody: "b".repeat(40) };

async function startRedmine() {
  const state = mkdtempSync(path.join(tmpdir(), "inlay-redmine-"));
  const config = path.join(state, "instance", "default", "config");
  for (const dir of [config, `${state}/instance/default/tmp`, `${state}/instance/default/log`, `${state}/instance/default/files`])
    mkdirSync(dir, { recursive: true });
  const [etc, lib] = [path.join(state, "etc", "redmine", "default"), path.join(state, "var", "lib", "redmine")];
  for (const dir of [etc, lib]) mkdirSync(dir, { recursive: true });
  const database = `production:\n  adapter: sqlite3\n  database: ${state}/redmine.db\n  timeout: 20000\n`;
  for (const dir of [config, etc]) {
    writeFileSync(path.join(dir, "database.yml"), database);
    writeFileSync(path.join(dir, "secret_key.txt"), "5".repeat(64));
  }
  copyFileSync(`${HERE}/seed.rb`, `${state}/seed.rb`);
  const seed = path.join(givenFor("redmine").debian.dir, "redmine-seeded.db");
  if (existsSync(seed)) copyFileSync(seed, `${state}/redmine.db`);
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = await startLaidOver("redmine", state, `${HERE}/serve.sh`, [String(port), seed], address);
  return {
    address,
    async stop() {
      await child.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}

async function start(product: Product) {
  const relay = await startRelay();
  const connector = await product.upload(readFileSync(`${HERE}/manifest.yaml`, "utf8"));
  const { integrationId } = await product.integrate({ connector, sandboxOrigin: relay.origin });
  const redmine = await startRedmine();
  relay.to(redmine.address);
  const ask = async (method: string, target: string, body?: unknown) => {
    const headers = { "x-redmine-api-key": KEYS.somebody, "content-type": "application/json" };
    const answer = await fetch(`${redmine.address}${target}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  };
  const connect = (ctx: CustomerCtx, api_key: string) => connectByForm(ctx, integrationId, { host: "harbour", api_key });
  return {
    relay,
    version: "Redmine 5.0.4 (Debian 12)",
    integrationId,
    object: "issue",
    label: "admin",
    connect: (ctx: CustomerCtx) => connect(ctx, KEYS.admin),
    async truth() {
      const found = new Map<string, Record<string, unknown>>();
      for (let offset = 0; ; offset += 37) {
        const { issues } = await ask("GET", `/issues.json?status_id=*&sort=id:desc&limit=37&offset=${offset}`);
        for (const row of issues as Record<string, unknown>[]) found.set(String(row["id"]), row);
        if ((issues as unknown[]).length === 0) return found;
      }
    },
    mapped: (row: Record<string, unknown>) => ({
      id: row["id"],
      subject: row["subject"],
      description: row["description"] || null,
      doneRatio: row["done_ratio"],
      isPrivate: row["is_private"],
    }),
    async change() {
      await ask("PUT", "/issues/42.json", { issue: { subject: "The rope is new" } });
      const made = await ask("POST", "/issues.json", { issue: { project_id: "harbour", subject: "A new crane" } });
      await ask("DELETE", "/issues/43.json");
      return { changed: ["42"], made: [String((made["issue"] as { id: number }).id)], gone: ["43"] };
    },
    scans: 1 as const,
    wrong: { attempt: (ctx: CustomerCtx) => connect(ctx, "c".repeat(40)), code: "invalid", says: /does not accept this key/ },
    stop: () => redmine.stop(),
  };
}

journey("redmine", { start });
