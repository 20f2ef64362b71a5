import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CustomerCtx } from "#server/lib/context";
import { freePort } from "#tests/support/postgres";
import { journey } from "./support/journey";
import { startLaidOver } from "./support/laid-over";
import { connectByForm, type Product } from "./support/product";
import { startRelay } from "./support/relay";

const HERE = path.resolve("tests/live/wordpress");
const HOST = "blog.harbour.example";

/** WordPress over a MariaDB of its own, both ended together. */
async function startWordpress() {
  const state = mkdtempSync(path.join(tmpdir(), "inlay-wordpress-"));
  const [port, database] = [await freePort(), await freePort()];
  for (const dir of ["etc/wordpress", "var/lib"]) mkdirSync(path.join(state, dir), { recursive: true });
  const config = readFileSync(`${HERE}/config.php`, "utf8").replace("DATABASE_PORT", String(database));
  writeFileSync(path.join(state, "etc", "wordpress", "config-default.php"), config);
  const address = `http://127.0.0.1:${port}`;
  const child = await startLaidOver("wordpress", state, `${HERE}/serve.sh`, [String(port), String(database), HERE], address);
  return {
    address,
    passwords: JSON.parse(readFileSync(path.join(state, "passwords.json"), "utf8")) as { ada: string; somebody: string },
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
  const wordpress = await startWordpress();
  relay.to(wordpress.address);
  const { passwords } = wordpress;
  const ask = async (method: string, target: string, body?: unknown) => {
    const authorization = `Basic ${Buffer.from(`somebody:${passwords.somebody}`).toString("base64")}`;
    // Through the relay as well, for WordPress takes these passwords over TLS only.
    const answer = await fetch(`${relay.origin}/${HOST}/wp-json/wp/v2${target}`, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok && answer.status !== 400) throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const connect = (ctx: CustomerCtx, password: string) => connectByForm(ctx, integrationId, { site: "harbour", user: "ada", password });
  return {
    relay,
    version: "WordPress 6.1.9 (Debian 12), MariaDB 10.11",
    integrationId,
    object: "post",
    label: "ada",
    connect: (ctx: CustomerCtx) => connect(ctx, passwords.ada),
    async truth() {
      const found = new Map<string, Record<string, unknown>>();
      for (let page = 1; ; page++) {
        const { status, body } = await ask("GET", `/posts?context=edit&status=any&orderby=id&order=desc&per_page=37&page=${page}`);
        if (status === 400) return found; // past the last page
        for (const row of body as Record<string, unknown>[]) found.set(String(row["id"]), row);
      }
    },
    mapped: (row: Record<string, unknown>) => ({
      id: row["id"],
      status: row["status"],
      link: row["link"],
      raw: (row["title"] as { raw: string }).raw,
    }),
    async change() {
      const [first, second] = (await ask("GET", "/posts?orderby=id&order=asc&offset=40&per_page=2")).body as { id: number }[];
      await ask("POST", `/posts/${first?.id}`, { title: "The boat has a new sail" });
      const made = (await ask("POST", "/posts", { title: "A new boat", status: "publish" })).body as { id: number };
      await ask("DELETE", `/posts/${second?.id}?force=true`);
      return { changed: [String(first?.id)], made: [String(made.id)], gone: [String(second?.id)] };
    },
    scans: 2 as const,
    wrong: { attempt: (ctx: CustomerCtx) => connect(ctx, "wrong wrong wrong wrong"), code: "invalid", says: /does not accept this key/ },
    stop: () => wordpress.stop(),
  };
}

journey("wordpress", { start });
