import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CustomerCtx } from "#server/lib/context";
import { freePort } from "#tests/support/postgres";
import { startChild } from "./support/child";
import { journey } from "./support/journey";
import { connectByForm, type Product } from "./support/product";
import { startRelay } from "./support/relay";
import { givenFor } from "./support/report";

const HERE = "tests/live/cap";
const BOOKS = 170;
const ROOT = "/odata/v4/catalog";

/** The service of tests/live/cap as SAP's own server runs it, over SQLite in memory. */
async function startService() {
  const { npm } = givenFor("cap");
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-cap-"));
  for (const name of ["db", "srv", "package.json"]) cpSync(path.join(HERE, name), path.join(dir, name), { recursive: true });
  symlinkSync(path.join(npm, "node_modules"), path.join(dir, "node_modules"));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const server = path.join(npm, "node_modules", "@sap", "cds", "bin", "serve.js");
  const child = await startChild(process.execPath, [server, "all", "--in-memory"], {
    cwd: dir,
    env: { PORT: String(port), NODE_ENV: "development" },
    address,
  });
  return {
    address,
    async stop() {
      await child.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function start(product: Product) {
  const relay = await startRelay();
  const connector = await product.upload(readFileSync(`${HERE}/manifest.yaml`, "utf8"));
  const { integrationId } = await product.integrate({ connector, sandboxOrigin: relay.origin });
  const service = await startService();
  relay.to(service.address);

  const ask = async (method: string, target: string, body?: unknown) => {
    const headers = {
      authorization: `Basic ${Buffer.from("somebody:else").toString("base64")}`,
      "content-type": "application/json",
      accept: "application/json;IEEE754Compatible=true",
    };
    const answer = await fetch(`${service.address}${ROOT}${target}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  };
  for (let i = 1; i <= BOOKS; i++)
    await ask("POST", "/Books", { ID: i, title: `Brot & Wein № ${i}`, author: i % 3 === 0 ? null : "Ada", price: i / 4, stock: i });

  const connect = (ctx: CustomerCtx, password: string) => connectByForm(ctx, integrationId, { tenant: "harbour", user: "ada", password });
  return {
    relay,
    version: "@sap/cds 9.9.3, @cap-js/sqlite 2.4.2",
    integrationId,
    object: "book",
    label: "harbour",
    connect: (ctx: CustomerCtx) => connect(ctx, "right"),
    async truth() {
      const found = new Map<string, Record<string, unknown>>();
      for (let skip = 0; ; skip += 31) {
        const { value } = (await ask("GET", `/Books?$top=31&$skip=${skip}&$orderby=ID desc`)) as { value: Record<string, unknown>[] };
        for (const row of value) found.set(String(row["ID"]), row);
        if (value.length === 0) return found;
      }
    },
    mapped: (row: Record<string, unknown>) => ({
      id: row["ID"],
      title: row["title"],
      author: row["author"],
      price: Number(row["price"]),
      stock: row["stock"],
    }),
    async change() {
      await ask("PATCH", "/Books(42)", { price: 99.99 });
      await ask("POST", "/Books", { ID: 9_000, title: "Neu", price: 1, stock: 1 });
      await ask("DELETE", "/Books(43)");
      return { changed: ["42"], made: ["9000"], gone: ["43"] };
    },
    scans: 1 as const,
    wrong: { attempt: (ctx: CustomerCtx) => connect(ctx, "wrong"), code: "invalid", says: /does not accept this key/ },
    stop: () => service.stop(),
  };
}

journey("cap", { start });
