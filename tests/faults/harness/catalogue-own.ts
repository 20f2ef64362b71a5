import { at, type Row } from "./fault";

const stream = at("server/domains/streams/stream.db.test.ts");
const call = at("server/domains/inbox/receive-call.db.test.ts");
const refresh = at("server/runtime/refresh.db.test.ts");
const crash = at("tests/faults/worker-crash.temporal.test.ts");
const replay = at("tests/replay/record.temporal.test.ts");

export const PROCESS: Row[] = [
  {
    what: "Worker killed between a page's fetch and its transaction",
    played: true,
    tests: [crash("another goes on from the committed page")],
  },
  { what: "Worker killed inside a page's transaction", tests: [crash("in the middle of a page's transaction")] },
  {
    what: "Worker killed after a page's commit, before it said so",
    played: true,
    tests: [crash("another goes on from the committed page")],
  },
  { what: "Worker killed every 5–15 s, 20 streams", played: true },
  { what: "Workers restarted one after the other by SIGTERM", played: true },
  {
    what: "Zombie: a worker sleeps through its heartbeat and wakes up with a page in hand",
    played: true,
    tests: [stream("an attempt that was overtaken writes nothing")],
  },
  { what: "Records of 10 MB in a worker with a small heap", played: true },
  { what: "Postgres killed under load", played: true },
  {
    what: "Postgres away for long",
    played: true,
    tests: [call("without the database: 503, never 2xx, and it recovers")],
    open: "played for 25 s, not for ten minutes",
  },
  { what: "Nine of ten connections of Postgres held by others", played: true },
  { what: "The line to Postgres cut at a commit", played: true },
  { what: "Temporal killed during 100 runs", played: true },
  {
    what: "Temporal away while hourly streams came due twice",
    played: true,
    open: "the hours pass by setting the due times back, not by waiting",
  },
  {
    what: "Temporal's state lost",
    played: true,
    tests: [at("tests/faults/temporal-lost.temporal.test.ts")("when it comes back empty the reconciler starts everything again")],
  },
  { what: "Silence between worker and Temporal", played: true },
  { what: "Silence between worker and Postgres", played: true, open: "played for 30 s, not for 60 s" },
  { what: "Disk of Postgres full", played: true },
  {
    what: "Disk of Postgres' log (WAL) full",
    open: "Postgres would have to be set up with its log on a second file system; the path of a Postgres that ends and comes back is F-8's",
  },
  { what: "Disk of our own logs full", open: "our processes write no log files: they write to stdout, whose reader owns the disk" },
  {
    what: "New workflow code while runs are open",
    tests: [
      replay("histories of earlier versions still replay, and every workflow has one"),
      replay("histories of today replay on today's code"),
    ],
  },
  {
    what: "A version that is not deterministic, rolled back",
    open: "nothing deploys here; that such a version is noticed before it is deployed is F-20's replay",
  },
  { what: "A migration under load", played: true },
  { what: "The worker's clock an hour ahead", played: true },
  {
    what: "Two workers, their clocks five minutes apart",
    played: true,
    tests: [refresh("ten callers in each of five workers make one call, and all get the same")],
  },
  { what: "The key that opens credentials is not there", played: true },
  {
    what: "Keys rotated under load",
    tests: [
      at("server/domains/secrets/rotate-keys.db.test.ts")("after a rotation every secret that stays opens without the former key"),
      at("server/domains/secrets/rotate-keys.db.test.ts")("what is written meanwhile stays"),
    ],
    open: "the rotation is not killed half way: it works row by row, and each row says which key it is on",
  },
];
