import postgres from "postgres";
import { afterAll, beforeAll } from "vitest";
import type { Deps } from "#server/lib/context";
import { createDatabase } from "./postgres";
import { testDeps } from "./world";

export type Opened = { url: string; owner: postgres.Sql; web: Deps; worker: Deps };

/** A database for the file's tests, with its owner and both roles' dependencies; all of it is closed and dropped after the last. */
export function usingDatabase(begin: (opened: Opened) => unknown): void {
  let end = async () => {};
  beforeAll(async () => {
    const { url, drop } = await createDatabase();
    const owner = postgres(url, { max: 2, onnotice: () => {} });
    const [web, worker] = [testDeps(url, "web"), testDeps(url, "worker")];
    end = async () => {
      await Promise.all([web.db.close(), worker.db.close(), owner.end()]);
      await drop();
    };
    await begin({ url, owner, web, worker });
  });
  afterAll(() => end());
}
