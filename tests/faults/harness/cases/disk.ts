import assert from "node:assert/strict";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#tests/support/live";
import type { Case } from "../case";
import { counted, many, slow } from "./process";

/** Postgres lies on a small file system of its own, which is filled up and freed again. */
const full: Case = {
  id: "F-17",
  seconds: 60,
  own: { tmpfsMb: 700 },
  async run(bed, tell) {
    await slow(bed, 30);
    const worker = bed.startWorker();
    const accounts = await many(bed, 6, 10_000, 5_000);
    await eventually(
      () => counted(bed),
      (n) => n > 5_000,
    );
    const ballast = path.join(bed.postgres.dir, "ballast");
    const { bavail, bsize } = statfsSync(bed.postgres.dir);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 65_536), 1));
    await eventually(
      async () => bed.postgres.said().match(/No space left|could not extend/g)?.length ?? 0,
      (n) => n > 0,
      60_000,
    );
    await sleep(5_000); // it stays so for a while, and everything is tried again meanwhile
    const [wrong] = await bed.owner`select count(*)::int as n from connections where status <> 'active'`.catch(() => [{ n: 0 }]);
    assert.equal(Number(wrong?.["n"]), 0, "our trouble is nobody's reconnecting");
    tell.figure("statements that found the disk full", bed.postgres.said().match(/No space left|could not extend/g)?.length ?? 0);
    rmSync(ballast);
    if (!(await bed.owner`select 1`.then(Boolean, () => false))) {
      await bed.postgres.kill(); // it ended itself, as it does when its log has no room
      await bed.postgres.start();
      tell.figure("Postgres had ended itself", "yes");
    }
    await slow(bed, 0);
    const since = performance.now();
    await bed.backfilled(accounts, 240_000);
    await bed.quiet(accounts);
    tell.recovery((performance.now() - since) / 1_000);
    await bed.killWorker(worker);
    return accounts;
  },
};

export const DISK: readonly Case[] = [full];
