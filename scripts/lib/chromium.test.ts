import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchFromPlaywright } from "./chromium.mjs";

let dir: string;
let server: Server | undefined;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "inlay-chromium-"));
  Object.assign(process.env, { PLAYWRIGHT_BROWSERS_PATH: dir });
});
afterEach(() => {
  for (const name of ["PLAYWRIGHT_BROWSERS_PATH", "PLAYWRIGHT_DOWNLOAD_HOST"]) delete process.env[name];
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a download that is no browser is not taken for one", async () => {
  const asked: string[] = [];
  process.env["PLAYWRIGHT_DOWNLOAD_HOST"] = await serve((request, answer) => {
    asked.push(`${request.method} ${request.url}`);
    answer.end(request.method === "HEAD" ? "" : "half a browse");
  });
  expect(await fetchFromPlaywright({ packages: false })).toBeNull();
  expect(asked[0]).toBe("HEAD /");
  expect(asked.slice(1)).toContainEqual(expect.stringMatching(/^GET .*chrom/));
}, 60_000);

test("a host that is not there is not waited for", async () => {
  const gone = await serve(() => {});
  server?.close();
  process.env["PLAYWRIGHT_DOWNLOAD_HOST"] = gone;
  expect(await fetchFromPlaywright({ packages: false })).toBeUndefined();
});
