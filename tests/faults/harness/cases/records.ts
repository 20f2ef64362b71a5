import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import type { Ctx } from "#server/lib/context";
import type { FieldMapping } from "#server/mapping/schema";
import { eventually } from "#tests/support/live";
import { memoryMb } from "../../../bench/process-figures";
import type { Account, Bed } from "../bed";
import type { Case } from "../case";
import { shownOf } from "../shown";
import { signIn } from "../sign-in";
import type { Answer } from "../third-party-line";
import { slow } from "./process";

type Page = { data: { id: string; properties: Record<string, unknown> }[] };

/** Stands for a value 200,000 levels deep, which nobody can write as JSON without a text of it. */
const DEEP = "deep";
const DEEP_VALUE = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;

/** Bends one record in every page of the account, as long as it lasts. Returns the ids that were bent, and the end of it. */
function bendRecords(bed: Bed, key: string, bend: (record: Page["data"][number]) => void) {
  const ids = new Set<string>();
  const end = bed.thirdParty.tell({
    meets: (asked) => asked.key === key && asked.path.endsWith("/v1/contacts"),
    async answer(_, truth): Promise<Answer> {
      const answer = await truth();
      const page = JSON.parse(answer.body.toString()) as Page;
      const record = page.data[7];
      if (!record) return answer;
      bend(record);
      ids.add(record.id);
      return { ...answer, body: Buffer.from(JSON.stringify(page).replaceAll(`"${DEEP}"`, DEEP_VALUE)) };
    },
  });
  return { ids, end };
}

/** Records that are odd by themselves: their neighbours come through, and they too once they are ordinary again. */
const oddRecords = (id: string, records: number, flags: string[], bend: (record: Page["data"][number]) => void): Case => ({
  id,
  seconds: 40,
  async run(bed, tell) {
    const worker = bed.startWorker({ flags });
    let bending: ReturnType<typeof bendRecords> | null = null;
    const account = await bed.connect(records, {
      before: (key) => {
        bending = bendRecords(bed, key, bend);
      },
    });
    await bed.backfilled([account], 180_000);
    const row = await bed.stream(account);
    tell.figure("records stored meanwhile", Number(row["record_count"]));
    tell.figure("held back", Number(row["quarantine_count"]));
    assert.equal(Number(row["record_count"]) + Number(row["quarantine_count"]), records, "every record is stored or held back");
    tell.figure("the worker's memory at its highest, MB", memoryMb(worker.pid).peak);
    const { ids, end } = bending as unknown as ReturnType<typeof bendRecords>;
    end();
    await bed.control({ service: "sandbox-crm", key: account.key, change: { ids: [...ids] } });
    for (const one of ids) account.changes.set(one, 1);
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
});

const LARGE = "x".repeat(10 * 1024 * 1024);

const refusals: Case = {
  id: "F-28",
  seconds: 60,
  async run(bed, tell) {
    const worker = bed.startWorker();
    const asked = new Map<string, string>([
      ["a date", new Date(Date.now() + 6_000).toUTCString()],
      ["a negative number", "-5"],
      ["nonsense", "soon"],
      ["a day", "86400"],
    ]);
    const accounts: Account[] = [];
    for (const [, value] of asked) {
      const account = await bed.connect(500, {
        before: (key) =>
          void bed.thirdParty.tell({
            meets: (one) => one.key === key && one.path.endsWith("/v1/contacts"),
            times: 1,
            answer: async () => ({
              status: 429,
              headers: { "retry-after": value, "content-type": "application/json" },
              body: Buffer.from("{}"),
            }),
          }),
      });
      accounts.push(account);
    }
    const day = accounts[3] as Account;
    const code = await eventually(
      () => shownOf(bed, day),
      (one) => one !== null,
      60_000,
    );
    tell.shown(String(code));
    assert.equal(code, "provider_rate_limited");
    const [due] = await bed.owner`select extract(epoch from due_at - now())::int as s, run_id from streams where id = ${day.streamId}`;
    tell.figure("a day: no slot is held, next try in h", (Number(due?.["s"]) / 3_600).toFixed(1));
    assert.ok(Number(due?.["s"]) > 80_000 && due?.["run_id"] === null);
    await bed.backfilled(accounts.slice(0, 3));
    for (const [n, [what]] of [...asked].entries()) {
      const mine = bed.thirdParty.log.filter((one) => one.key === accounts[n]?.key && one.path.endsWith("/v1/contacts"));
      const at = mine.findIndex((one) => one.status === 429);
      if (n < 3) tell.figure(`${what}: ms to the next request`, (mine[at + 1]?.at ?? 0) - (mine[at]?.at ?? 0));
    }
    tell.recovery(await bed.quiet(accounts.slice(0, 3)));
    await bed.killWorker(worker);
    return accounts.slice(0, 3);
  },
};

const redirects: Case = {
  id: "F-57",
  seconds: 40,
  async run(bed, tell) {
    const trapped: string[] = [];
    const trap = createServer((req, res) => {
      trapped.push(String(req.headers["x-api-key"] ?? "no credential"));
      res.writeHead(200, { "content-type": "application/json" }).end('{"data":[],"next_cursor":null}');
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => trap.once("listening", resolve));
    const worker = bed.startWorker();
    let end = () => {};
    const account = await bed.connect(1_000, {
      before: (key) => {
        end = bed.thirdParty.tell({
          meets: (one) => one.key === key && one.path.endsWith("/v1/contacts"),
          answer: async () => ({
            status: 302,
            headers: { location: `http://localhost:${(trap.address() as AddressInfo).port}/steal` },
            body: Buffer.alloc(0),
          }),
        });
      },
    });
    const code = await eventually(
      () => shownOf(bed, account),
      (one) => one !== null,
      120_000,
    );
    tell.shown(String(code));
    assert.deepEqual(
      trapped.filter((one) => one !== "no credential"),
      [],
      "no credential goes to another origin",
    );
    assert.equal(Number((await bed.stream(account))["record_count"]), 0, "another origin's answer is nobody's records");
    tell.figure("credentials that reached the other origin", 0);
    tell.figure("requests that reached it", trapped.length);
    end();
    trap.closeAllConnections();
    trap.close();
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
};

const scanResumed: Case = {
  id: "F-90",
  seconds: 60,
  own: {},
  async run(bed, tell) {
    const first = bed.startWorker();
    const account = await signIn(bed, "4711003", 6_000);
    await bed.backfilled([account]);
    await bed.quiet([account]);
    await bed.killWorker(first);
    await slow(bed, 100);
    let deaths = 0;
    await bed.owner`update streams set reread = true, due_at = now() where id = ${account.streamId}`; // a whole reading, which shows who is missing
    for (let i = 0; i < 2; i++) {
      const victim = bed.startWorker({ failpoint: `page.after_commit:${3 + Math.floor(bed.random() * 10)}` });
      await new Promise((resolve) => victim.once("exit", resolve));
      deaths++;
    }
    await slow(bed, 0);
    const last = bed.startWorker();
    tell.recovery(await bed.quiet([account]));
    const [gone] = await bed.owner`select count(*)::int as n from changes where stream_id = ${account.streamId} and op = 'deleted'`;
    tell.figure("times killed in the whole reading", deaths);
    tell.figure("deletions told", Number(gone?.["n"]));
    assert.equal(Number(gone?.["n"]), 0);
    await bed.killWorker(last);
    return [account];
  },
};

/** Publishes this mapping of the account's stream for everybody at once. */
async function publish(account: Account, fields: FieldMapping[]): Promise<void> {
  const { vendorId, environmentId } = account.ctx.scope;
  const vendor: Ctx = { ...account.ctx, actor: { type: "system", reason: "faults" }, scope: { vendorId, environmentId } };
  const ref = { templateId: account.templateId, streamKey: "contacts" };
  await saveDraft(vendor, { ...ref, fields });
  await publishMapping(vendor, ref);
}

const badMapping: Case = {
  id: "F-53",
  seconds: 60,
  own: {},
  async run(bed, tell) {
    const worker = bed.startWorker();
    const account = await bed.connect(3_000);
    await bed.backfilled([account]);
    await bed.quiet([account]);
    const [before] =
      await bed.owner`select fields from mappings where template_id = ${account.templateId} and status = 'published' limit 1`;
    const good = before?.["fields"] as FieldMapping[];
    await publish(account, [
      ...good.slice(1),
      { target: "firstName", from: "properties.no_such", transforms: [], required: true, onError: "quarantine" },
    ]);
    const stopped = await eventually(
      () => bed.stream(account),
      (row) => (row["pause_reasons"] as string[]).includes("quarantine") && row["run_id"] === null,
      60_000,
    );
    tell.shown(String(await shownOf(bed, account)));
    tell.figure("records held back when it stopped, of 3,000", Number(stopped["quarantine_count"]));
    assert.ok(Number(stopped["quarantine_count"]) < 1_500, "it is stopped before all are held back");
    assert.equal(Number(stopped["record_count"]), 3_000, "what was synced stays as it was");
    await publish(account, good);
    const row = await eventually(
      () => bed.stream(account),
      (one) => Number(one["quarantine_count"]) === 0 && one["mapped_version"] === one["mapping_version"] && one["run_id"] === null,
      60_000,
    );
    assert.deepEqual([Number(row["record_count"]), row["pause_reasons"], row["failure_code"]], [3_000, [], null]);
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
};

export const RECORDS: readonly Case[] = [
  oddRecords("F-7", 1_500, ["--max-old-space-size=256"], (record) => Object.assign(record.properties, { jobtitle: LARGE })),
  oddRecords("F-37", 500, [], (record) => Object.assign(record.properties, { jobtitle: LARGE })),
  oddRecords("F-40", 1_500, [], (record) => Object.assign(record.properties, { jobtitle: DEEP })),
  oddRecords("F-41", 1_500, [], (record) => Object.assign(record.properties, { jobtitle: "a\u0000b\ud800c" })),
  badMapping,
  refusals,
  redirects,
  scanResumed,
];
