import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import type { IntegrationId } from "#server/lib/ids";
import { eventually, stopChild } from "#tests/support/live";
import type { Account, Bed } from "../bed";
import type { Case } from "../case";
import { signIn } from "../sign-in";

type TokenStats = { calls: number; refreshes: number; failures: number; reuseAlarms: number };
const tokenStats = async (bed: Bed) => ((await (await fetch(`${bed.simulator.origin}/_stats`)).json()) as { token: TokenStats }).token;

/** The access token has just ended, for us as for the third party. */
const expire = async (bed: Bed, { connectionId }: Account) => {
  await bed.owner`update credentials set expires_at = now() - interval '1 second', refresh_after = now() - interval '1 minute' where connection_id = ${connectionId}`;
};

/** `processes` × `each` readers with an expired token, at the same moment. Returns how they fared and the refreshes that the third party saw. */
async function readAtOnce(bed: Bed, account: Account, processes: number, each: number) {
  const { environmentId, customerId, vendorId } = account.ctx.scope;
  const owner = JSON.stringify({ vendorId, environmentId, customerId, connectionId: account.connectionId });
  const readers: ChildProcess[] = [];
  try {
    for (let i = 0; i < processes; i++) {
      const reader = fork("tests/faults/harness/refresh-many.ts", [bed.postgres.url, owner, String(each)], {
        execArgv: ["--import", "tsx"],
      });
      readers.push(reader);
      await once(reader, "message");
    }
    await expire(bed, account);
    const before = await tokenStats(bed);
    const answers = readers.map((reader) => once(reader, "message"));
    for (const reader of readers) reader.send("go");
    const outcomes = (await Promise.all(answers)).flatMap(([list]) => list as string[]);
    const after = await tokenStats(bed);
    return { refreshes: after.refreshes - before.refreshes, alarms: after.reuseAlarms - before.reuseAlarms, outcomes };
  } finally {
    for (const reader of readers) await stopChild(reader);
  }
}

const parallelRefreshes: Case = {
  id: "F-62",
  seconds: 40,
  own: {},
  async run(bed, tell) {
    const worker = bed.startWorker();
    const account = await signIn(bed, "4711001", 500);
    await bed.backfilled([account]);
    for (const [processes, each] of [
      [2, 5],
      [5, 10],
    ] as const) {
      const { refreshes, alarms, outcomes } = await readAtOnce(bed, account, processes, each);
      tell.figure(`refreshes for ${processes * each} readers in ${processes} processes`, refreshes);
      // Some are told to come back a moment later: the account's own pace is kept as well.
      const failed = outcomes.filter((one) => one !== "fine" && !one.includes("allows no more requests now"));
      assert.deepEqual([refreshes, alarms, failed], [1, 0, []]);
    }
    tell.figure("alarms for a token used twice", 0);
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
};

const refreshAway: Case = {
  id: "F-61",
  seconds: 50,
  own: {},
  async run(bed, tell) {
    let worker = bed.startWorker();
    const account = await signIn(bed, "4711002", 500);
    await bed.backfilled([account]);
    const isToken = (path: string) => path.endsWith("/oauth/v1/token");
    let refused = 0;
    for (const kind of ["500", "html", "cut"] as const) {
      let struck = 0;
      const end = bed.thirdParty.tell({
        meets: ({ path }) => isToken(path),
        async answer({ res }) {
          struck++;
          if (kind === "cut") {
            res.socket?.resetAndDestroy();
            return "handled";
          }
          const body = Buffer.from("<html><body>We'll be right back</body></html>");
          return { status: kind === "500" ? 503 : 200, headers: { "content-type": "text/html" }, body };
        },
      });
      await bed.killWorker(worker); // a worker that has used the token remembers until when it lives
      await expire(bed, account);
      worker = bed.startWorker();
      await bed.owner`update streams set due_at = now() where id = ${account.streamId}`;
      const { vendorId, environmentId, customerId } = account.ctx.scope;
      await bed.deps.keeping.pokeStream({ vendorId, environmentId, customerId, streamId: account.streamId });
      await eventually(
        async () => struck,
        (n) => n >= 2,
        60_000,
      );
      refused += struck;
      end();
      const [row] = await bed.owner`select status from connections where id = ${account.connectionId}`;
      assert.equal(row?.["status"], "active", `${kind}: trouble is no verdict`);
    }
    tell.figure("refreshes that failed (503, HTML, cut)", refused);
    tell.figure("connections wrongly sent to reconnect", 0);
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
};

const revoked: Case = {
  id: "F-60",
  seconds: 30,
  async run(bed, tell) {
    const worker = bed.startWorker();
    let pages = 0;
    let key = "";
    const isList = (path: string) => path.endsWith("/v1/contacts");
    const account = await bed.connect(5_000, {
      before: (given) => {
        key = given;
        bed.thirdParty.tell({
          meets: (asked) => asked.key === key && isList(asked.path) && ++pages > 8,
          answer: async () => ({
            status: 401,
            headers: { "content-type": "application/json" },
            body: Buffer.from('{"error":{"message":"revoked"}}'),
          }),
        });
      },
    });
    const row = await eventually(
      () => bed.stream(account),
      (stream) => (stream["pause_reasons"] as string[]).includes("auth"),
    );
    tell.shown(String(row["failure_code"]));
    assert.equal(row["failure_code"], "reauth_required");
    const kept = Number(row["record_count"]);
    assert.ok(kept >= 1_500 && kept < 5_000, `stands at its committed page: ${kept}`);
    bed.thirdParty.honest();
    const asked = () => bed.thirdParty.log.filter((one) => one.key === key && isList(one.path) && one.status === 200).length;
    const before = asked();
    const since = performance.now();
    const [connection] = await bed.owner`select integration_id from connections where id = ${account.connectionId}`;
    await submitApiKey(account.ctx, {
      integrationId: connection?.["integration_id"] as IntegrationId,
      connectionId: account.connectionId,
      fields: { key },
    });
    await bed.backfilled([account]);
    tell.recovery((performance.now() - since) / 1_000);
    tell.figure("records kept while it waited", kept);
    tell.figure("pages read after reconnecting (20 are all)", asked() - before);
    await bed.quiet([account]);
    await bed.killWorker(worker);
    return [account];
  },
};

export const TOKENS: readonly Case[] = [parallelRefreshes, refreshAway, revoked];
