import { at, type Row } from "./fault";

const stream = at("server/domains/streams/stream.db.test.ts");
const deletes = at("server/domains/streams/deletes.db.test.ts");
const egress = at("server/runtime/egress-undici.test.ts");
const pages = at("server/runtime/pages.test.ts");
const paging = at("server/runtime/paging/styles.test.ts");
const limits = at("server/runtime/limits/refusals.db.test.ts");
const moments = at("server/runtime/paging/changes.test.ts");

export const THIRD_PARTY: Row[] = [
  { what: "429 with Retry-After: 7", played: true, tests: [limits("keeps both workers away")] },
  {
    what: "429 with a date, a negative number, nonsense, or a day",
    played: true,
    tests: [at("server/domains/streams/provider-wait.db.test.ts")("a wait of hours ends the run")],
  },
  {
    what: "429 storm: many customers on one OAuth app",
    tests: [
      at("server/runtime/limits/governor.db.test.ts")(
        "two connections to one account share it, two accounts do not, and an app's limit is for all of them",
      ),
      at("server/runtime/limits/pace.test.ts")("a source that keeps refusing is asked less and less"),
    ],
    open: "200 customers for half an hour were not played",
  },
  { what: "503 for long", played: true },
  { what: "30 % of all answers are 5xx, drawn by the seed", played: true },
  { what: "Answers cut in the middle", played: true },
  { what: "JSON called text/plain", played: true },
  { what: "A login page with status 200", played: true, tests: [paging("broken answers are never the end")] },
  { what: "200 with an error in its body", played: true, tests: [moments("a 200 that does not call itself fine")] },
  {
    what: "Nothing, null, or no records where there were many",
    played: true,
    tests: [
      deletes("an empty answer where records were is no proof"),
      deletes("when too many are missing nobody is deleted until a person says so"),
    ],
  },
  { what: "One record of 10 MB among ordinary ones", played: true },
  {
    what: "An answer that does not end",
    played: true,
    tests: [egress("limits hold in bytes and in time")],
    open: "a page that is too large is not asked for again in smaller ones; the run says why it stands",
  },
  { what: "Compressed answers that unfold to 100 MB", played: true, tests: [egress("compressed answers unfold, bombs do not")] },
  { what: "JSON 200,000 levels deep", played: true },
  {
    what: "NUL and half surrogates in values",
    played: true,
    tests: [stream("the same id twice on a page, NUL and half surrogates do no harm")],
  },
  {
    what: "Numbers beyond 2^53",
    tests: [
      at("server/runtime/writes/fill.test.ts")("reach the third party digit for digit"),
      at("server/runtime/writes/fill.test.ts")("decimals that a number would round are refused by name"),
    ],
    open: "when read, such ids have to be texts in JSON, as all third parties with a connector of ours have them",
  },
  {
    what: "Cursors in a circle",
    played: true,
    tests: [pages("the same cursor for ever is a loop, not a success"), pages("whatever graph the tokens form, it ends or says loop")],
  },
  { what: "The same ids on one page and across pages", played: true, tests: [stream("the same id twice on a page")] },
  {
    what: "Pages of changing size",
    played: true,
    tests: [paging("any number of rows, any size of page, begun anew at any cursor: every row is read")],
  },
  { what: "Records changed at 50/s while they are paged", played: true },
  { what: "1,000 records changed at one moment, pages of 250", played: true },
  {
    what: "Records that become visible late",
    tests: [at("server/runtime/source.db.test.ts")("everything is read, then only what changed, and a change in between is not missed")],
    open: "within the lookback that a connector declares; the simulator's is 2 s",
  },
  {
    what: "The third party's clock ten minutes off; summer time; microseconds",
    played: true,
    tests: [moments("clocks of a place, in summer, in winter and when an hour comes twice")],
  },
  {
    what: "Lists that end at 10,000 rows",
    tests: [moments("in bounded windows, from a first day on, without a gap")],
    open: "HubSpot's search is capped in the simulator, and its connector reads without it",
  },
  {
    what: "Fields gone, renamed, or of another type",
    tests: [
      at("server/domains/schemas/look-at-schema.db.test.ts")("the first look finds nothing to complain of"),
      at("server/domains/overrides/drift.db.test.ts")("a field that a customer mapped goes by another name"),
    ],
  },
  {
    what: "One record that does not fit on each page",
    tests: [stream("a record that does not fit is held back, the rest of its page flows, and it is taken once it fits")],
  },
  {
    what: "A mapping that holds every record back",
    played: true,
    tests: [
      at("server/domains/streams/circuit.db.test.ts")("a run that holds nearly everything back is stopped after its first pages"),
      at("server/domains/rollouts/rollout.db.test.ts")("records newly held back halt it and move everybody back"),
      at("tests/faults/rollout.temporal.test.ts")("a version that holds records back is rolled back by itself"),
    ],
  },
  { what: "Headers that never come, bodies that drip", played: true },
  {
    what: "Reset in the middle of a body",
    played: true,
    open: "certificates are not played: the harness speaks HTTP on loopback; a bad one is a failure of the connection, like a reset",
  },
  { what: "Names that do not resolve", tests: [egress("a name that does not resolve is trouble, not a verdict")] },
  {
    what: "Redirects to another origin",
    played: true,
    tests: [
      egress("a redirect inside is refused, a circle ends, a body does not travel on"),
      egress("a redirect is returned, unless asked for; then credentials stay with their host"),
    ],
  },
  { what: "An idle connection closed as it is used", played: true },
  { what: "The list's address gone: 410 and 404", played: true },
];
