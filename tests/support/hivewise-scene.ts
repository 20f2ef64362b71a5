import postgres from "postgres";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Deps } from "#server/lib/context";
import { type AppError, isAppError } from "#server/lib/errors";
import { createEgress } from "#server/runtime/egress-undici";
import { guideManifest, startHivewise } from "./hivewise";
import { createDatabase } from "./postgres";
import { createScene, memberCtx, type Scene, testDeps } from "./world";

/** The error of ours that work is refused with. */
export async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isAppError(error)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

/** The guide's manifest with one text in place of another. */
export function edited(from: string, to: string): string {
  const text = guideManifest();
  if (!text.includes(from)) throw new Error(`the guide does not say ${from}`);
  return text.replace(from, to);
}

/** A vendor, a database and the guide's system over real HTTP. Registers the hooks of a test file. */
export function hivewiseScene() {
  const it = {} as {
    db: Awaited<ReturnType<typeof createDatabase>>;
    owner: postgres.Sql;
    web: Deps;
    worker: Deps;
    scene: Scene;
    hivewise: Awaited<ReturnType<typeof startHivewise>>;
    ctx(): ReturnType<typeof memberCtx>;
  };
  it.ctx = () => memberCtx(it.web, it.scene);
  beforeAll(async () => {
    [it.db, it.hivewise] = await Promise.all([createDatabase(), startHivewise()]);
    it.owner = postgres(it.db.url, { max: 2, onnotice: () => {} });
    const egress = createEgress({ allowLoopback: true });
    it.web = testDeps(it.db.url, "web", { egress });
    it.worker = testDeps(it.db.url, "worker", { egress });
  });
  afterAll(async () => {
    await Promise.all([it.web.db.close(), it.worker.db.close(), it.owner.end(), it.hivewise.party.stop()]);
    await it.db.drop();
  });
  beforeEach(async () => {
    it.scene = await createScene(it.owner, { records: 0 });
  });
  return it;
}
