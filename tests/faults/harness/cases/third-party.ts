import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { eventually } from "#tests/support/live";
import type { Account, Bed } from "../bed";
import type { Case } from "../case";
import { shownOf } from "../shown";
import type { Answer, Asked, Lie } from "../third-party-line";

const RECORDS = 3_000;
const isList = ({ path, method }: Asked) => method === "GET" && path.endsWith("/v1/contacts");
const json = (value: unknown, headers: Record<string, string> = {}, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
});

type Bent = Record<string, unknown> & { data: Record<string, unknown>[]; next_cursor: string | null };
/** The third party's own page, bent. */
const bent = async (truth: () => Promise<Answer>, bend: (page: Bent) => void): Promise<Answer> => {
  const answer = await truth();
  if (answer.status !== 200) return answer;
  const page = JSON.parse(answer.body.toString()) as Bent;
  bend(page);
  return { ...answer, body: Buffer.from(JSON.stringify(page)) };
};
const hangUp = ({ res }: Asked): "handled" => {
  res.socket?.resetAndDestroy();
  return "handled";
};

type Trouble = {
  id: string;
  /** In place of the page's answer, as long as the trouble lasts. */
  answer(asked: Asked, truth: () => Promise<Answer>, nth: number): ReturnType<Lie["answer"]>;
  /** The code that is shown while it lasts; one of several, when each time it is another trouble. */
  code: string | readonly string[];
  /** How often it has to strike: once for each of its kinds. */
  kinds?: number;
  /** Seconds, when it takes longer than most. */
  seconds?: number;
};

/** Trouble that begins on the third page of a first reading, lasts until it has been noticed and shown, and is over then. */
const trouble = ({ id, answer, code, kinds = 1, seconds = 20 }: Trouble): Case => ({
  id,
  seconds,
  ...(id === "F-34" ? { fast: true as const } : {}),
  async run(bed, tell) {
    const worker = bed.startWorker();
    let [asked, struck] = [0, 0];
    let end = () => {};
    const account = await bed.connect(RECORDS, {
      before: (key) => {
        end = bed.thirdParty.tell({
          meets: (one) => one.key === key && isList(one) && ++asked > 2,
          answer: (one, truth) => answer(one, truth, ++struck),
        });
      },
    });
    const shown = new Set<string>();
    await eventually(
      async () => {
        const one = await shownOf(bed, account);
        if (one) shown.add(one);
        return shown.size > 0 && struck >= kinds;
      },
      Boolean,
      120_000,
    );
    for (const one of shown) tell.shown(one);
    assert.deepEqual(
      [...shown].filter((one) => !code.includes(one)),
      [],
    );
    const held = Number((await bed.stream(account))["record_count"]);
    assert.ok(held < RECORDS, "trouble is never taken for the end");
    end();
    const since = performance.now();
    await bed.quiet([account]);
    tell.recovery((performance.now() - since) / 1_000);
    tell.figure("times it struck until it was shown", struck);
    tell.figure("records kept meanwhile", held);
    await bed.killWorker(worker);
    return [account];
  },
});

const BOMB = gzipSync(Buffer.alloc(100 * 1024 * 1024));
const LOGIN = "<!doctype html><title>Sign in</title><form><input name=password></form>";

/** Writes for ever, until the other side has had enough. */
function endless({ res }: Asked, first: string, everyMs: number, chunk: string): "handled" {
  res.writeHead(200, { "content-type": "application/json" });
  res.write(first);
  const timer = setInterval(() => {
    if (res.destroyed) clearInterval(timer);
    else if (!res.writableNeedDrain) res.write(chunk);
  }, everyMs);
  res.once("close", () => clearInterval(timer));
  return "handled";
}

const TROUBLES: Trouble[] = [
  { id: "F-30", answer: async () => json({ message: "down" }, {}, 503), code: "provider_unavailable" },
  {
    id: "F-32",
    code: ["provider_unavailable", "provider_invalid_response"],
    kinds: 2,
    async answer({ res }, truth, nth) {
      const { body } = await truth();
      if (nth % 2 === 0) return json(body.toString().slice(0, body.length >> 1)); // whole by its length, and no JSON
      res.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      res.write(body.subarray(0, body.length >> 1), () => res.destroy());
      return "handled";
    },
  },
  { id: "F-34", answer: async () => ({ ...json(LOGIN), headers: { "content-type": "text/html" } }), code: "provider_invalid_response" },
  { id: "F-35", answer: async () => json({ error: { message: "An internal error has occurred" } }), code: "provider_invalid_response" },
  {
    id: "F-36",
    answer: async (_, __, nth) => json(["", "null", "[]", "{}"][nth % 4] ?? ""),
    code: "provider_invalid_response",
    kinds: 4,
    seconds: 40,
  },
  {
    id: "F-38",
    answer: async (one) => endless(one, '{"data":[', 1, `"${"x".repeat(262_144)}",`),
    code: "provider_invalid_response",
    seconds: 30,
  },
  {
    id: "F-39",
    answer: async () => ({ ...json(""), headers: { "content-type": "application/json", "content-encoding": "gzip" }, body: BOMB }),
    code: "provider_invalid_response",
  },
  {
    id: "F-43",
    answer: (one, truth) => bent(truth, (page) => Object.assign(page, { next_cursor: one.url.searchParams.get("cursor") })),
    code: "provider_cursor_loop",
  },
  {
    id: "F-54",
    answer: async (one, _, nth) => (nth % 2 === 0 ? "handled" : endless(one, '{"data":[', 1_000, " ")),
    code: "provider_unavailable",
    seconds: 60,
  },
  {
    id: "F-55",
    answer: async (one) => {
      one.res.writeHead(200, { "content-type": "application/json", "content-length": 9_000 });
      one.res.write('{"data":[', () => one.res.socket?.resetAndDestroy());
      return "handled";
    },
    code: "provider_unavailable",
  },
  {
    id: "F-59",
    kinds: 2,
    answer: async (_, __, nth) => json({ error: { message: "This version of the API has ended" } }, {}, nth % 2 ? 410 : 404),
    code: "provider_invalid_response",
  },
];

type Oddity = {
  id: string;
  /** Bends each answer to a list; null lets it be. */
  answer(asked: Asked, truth: () => Promise<Answer>, nth: number, bed: Bed): Promise<Answer | "handled" | null>;
  meanwhile?(bed: Bed, account: Account): Promise<void>;
  /** What is looked at in the end, besides what the auditor does. */
  after?(bed: Bed, account: Account): Promise<[string, number | string][]>;
  seconds?: number;
};

/** Answers that are odd and no trouble: the first reading and the next come through all the same, while they last. */
const oddity = ({ id, answer, meanwhile, after, seconds = 20 }: Oddity): Case => ({
  id,
  seconds,
  async run(bed, tell) {
    const worker = bed.startWorker();
    let [struck, mine] = [0, ""];
    const account = await bed.connect(RECORDS, {
      intervalMs: 5_000,
      before: (key) => {
        mine = key;
        bed.thirdParty.tell({ meets: (one) => one.key === key && isList(one), answer: (one, truth) => answer(one, truth, ++struck, bed) });
      },
    });
    await meanwhile?.(bed, account);
    await bed.backfilled([account], 180_000);
    await bed.change(account, 100);
    const since = performance.now();
    await bed.quiet([account]);
    tell.recovery((performance.now() - since) / 1_000);
    tell.figure("lists asked for", bed.thirdParty.log.filter((one) => one.key === mine && one.path.endsWith("/v1/contacts")).length);
    for (const [what, value] of (await after?.(bed, account)) ?? []) tell.figure(what, value);
    await bed.killWorker(worker);
    return [account];
  },
});

/** The nth request alone. */
const once =
  (n: number, answer: (one: Asked, truth: () => Promise<Answer>) => Promise<Answer | "handled">): Oddity["answer"] =>
  async (one, truth, nth) =>
    nth === n ? answer(one, truth) : null;

const closedFor = async (bed: Bed, account: Account): Promise<[string, number]> => {
  const asked = bed.thirdParty.log.filter((one) => one.key === account.key && one.path.endsWith("/v1/contacts"));
  const refused = asked.findIndex((one) => one.status === 429);
  const [last, next] = [asked[refused], asked[refused + 1]];
  return ["ms from the refusal to the next request", last && next ? next.at - last.at : 0];
};

const ODDITIES: Oddity[] = [
  {
    id: "F-27",
    answer: once(3, async () => json({ error: { message: "slow down" } }, { "retry-after": "7" }, 429)),
    async after(bed, account) {
      const [what, ms] = await closedFor(bed, account);
      assert.ok(ms >= 7_000, `nothing is asked while it is closed: ${ms} ms`);
      return [[what, ms]];
    },
  },
  {
    id: "F-31",
    seconds: 60,
    answer: async (_, __, nth, bed) =>
      nth % 3 !== 1 && bed.random() < 0.3 ? json({ message: "flaky" }, {}, [500, 502, 503][nth % 3] ?? 500) : null,
  },
  {
    id: "F-33",
    answer: async (_, truth) => {
      const page = await truth();
      return { ...page, headers: { ...page.headers, "content-type": "text/plain" } };
    },
  },
  { id: "F-44", answer: (_, truth) => bent(truth, (page) => void page.data.push(...page.data.slice(0, 3))) },
  {
    id: "F-45",
    async answer({ req, url }, truth, nth) {
      url.searchParams.set("limit", String([100, 37, 100, 1, 250][nth % 5]));
      req.url = url.pathname + url.search;
      return truth();
    },
  },
  {
    id: "F-46",
    seconds: 30,
    answer: async () => null,
    async meanwhile(bed, account) {
      await bed.control({ latencyMs: 150 });
      for (let i = 0; i < 20; i++) {
        await bed.change(account, 10, bed.random);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      await bed.control({ latencyMs: 0 });
    },
  },
  {
    id: "F-47",
    answer: async () => null,
    async meanwhile(bed, account) {
      await bed.backfilled([account]);
      await bed.change(account, 1_400, bed.random); // in one command, so at one moment
    },
  },
  {
    id: "F-49",
    answer: async () => null,
    async meanwhile(bed, account) {
      await bed.backfilled([account]);
      for (const clockAheadMs of [600_000, -600_000]) {
        await bed.control({ clockAheadMs });
        await bed.change(account, 100, bed.random);
        await bed.quiet([account]);
      }
      await bed.control({ clockAheadMs: 0 });
    },
    after: async () => [["the third party's clock, minutes off", "+10, -10"]],
  },
  { id: "F-58", answer: async (one, _, nth) => (nth % 4 === 2 ? hangUp(one) : null), seconds: 40 },
];

export const THIRD_PARTY: readonly Case[] = [...TROUBLES.map(trouble), ...ODDITIES.map(oddity)];
