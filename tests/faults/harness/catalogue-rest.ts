import { at, type Row } from "./fault";

const stream = at("server/domains/streams/stream.db.test.ts");
const deletes = at("server/domains/streams/deletes.db.test.ts");
const push = at("server/domains/streams/push.db.test.ts");
const twoWay = at("server/domains/streams/push-two-way.db.test.ts");
const call = at("server/domains/inbox/receive-call.db.test.ts");
const inbox = at("server/domains/inbox/process-inbox.db.test.ts");
const deliver = at("server/domains/webhooks/deliver-pending.db.test.ts");
const refresh = at("server/runtime/refresh.db.test.ts");
const pushCrash = at("tests/faults/push-crash.temporal.test.ts");
const named = at("server/domains/streams/fetch-named.db.test.ts");
const writer = at("server/runtime/writes/writer.test.ts");

export const TOKENS: Row[] = [
  {
    what: "401 in the middle of a run",
    played: true,
    tests: [refresh("after a 401 renews once and reads on; a second 401 asks for the customer")],
  },
  {
    what: "The token endpoint away, answering HTML, or cut",
    played: true,
    tests: [refresh("without an answer nobody knows; a refusal after that says so")],
  },
  {
    what: "10 and 50 readers with an expired token at once, tokens rotating",
    played: true,
    tests: [
      refresh("ten callers in each of five workers make one call, and all get the same"),
      at("server/domains/connections/renewal-kinds.db.test.ts")("renewal, ten at once, one call"),
    ],
  },
  {
    what: "Killed between the refresh and its commit",
    tests: [
      refresh("who died with the lease holds nobody up for longer than the lease"),
      refresh("without an answer nobody knows; a refusal after that says so"),
    ],
  },
  {
    what: "The lease's holder sleeps, another takes over, the first wakes up",
    tests: [refresh("who slept through its lease writes over nobody, and its token is not lost")],
  },
  {
    what: "Refreshes with odd answers",
    tests: [
      at("server/runtime/auth/token-endpoint.test.ts")("nested tokens, scopes by comma, further values within their pattern"),
      at("server/domains/connections/renewal-kinds.db.test.ts")("a life nobody tells: the 401 renews, and the reading goes on"),
    ],
  },
];

export const WRITES: Row[] = [
  {
    what: "A create is done and its answer lost",
    tests: [
      push("the connection is cut after it was done; made once"),
      writer("made once, by looking for it"),
      pushCrash("another goes on; at the third party lost 0, doubled 0"),
    ],
  },
  { what: "207: some of a batch are refused", tests: [push("207: each record's own fate")] },
  {
    what: "Both sides edit between our read and our write",
    tests: [
      twoWay("an edit of theirs between the last reading and our write is not lost"),
      writer("changed since it was read: a conflict"),
      pushCrash("what both sides changed meanwhile arrives on both: lost 0, doubled 0"),
    ],
  },
  { what: "Our own write comes back as news", tests: [twoWay("what we wrote comes back as no news: no change in the feed, no wish")] },
];

export const WEBHOOKS: Row[] = [
  {
    what: "1,000 repetitions of one call, 50 at a time",
    tests: [call("F-70: a thousand repetitions, fifty at a time, are one row and one effect, all 2xx")],
  },
  { what: "A signed call of yesterday", tests: [call("F-71: a signed call of a day ago is refused, and nothing is stored")] },
  {
    what: "Calls in another order",
    tests: [
      named("an older answer never takes the place of a newer record"),
      named("one that is named again while it is fetched is fetched again"),
    ],
  },
  {
    what: "Forged, empty, foreign and truncated signatures",
    tests: [call("F-73: forged, empty, foreign, truncated, doubled and re-spelled signatures are 401 and leave no trace")],
  },
  {
    what: "Calls that get lost",
    tests: [named("where too many are named, a pass of changes takes their place")],
    open: "the schedule reads what calls did not name: every case of this harness runs without calls",
  },
  { what: "5,000 calls of one account at once", tests: [inbox("F-75: 5,000 calls of one account at once are taken and become one wish")] },
  {
    what: "The inbox's reader dies between claim and poke",
    tests: [
      at("tests/faults/inbox.temporal.test.ts")("F-76: a worker that dies between claim and poke"),
      inbox("F-76: what a dead processor had claimed is claimed again after its lease"),
    ],
  },
  {
    what: "Calls for accounts that are gone",
    tests: [call("F-77: a disconnected account is nobody, an erased one leaves nothing"), call("A-97, F-77: an address nobody has")],
  },
  {
    what: "The subscription is gone at the third party",
    tests: [
      at("server/domains/inbox/subscriptions.db.test.ts")(
        "the third party's own secret is kept; what ends is prolonged before, and made anew when it is gone",
      ),
    ],
  },
  {
    what: "The vendor's endpoint away",
    played: true,
    tests: [
      deliver("a failure waits by the schedule"),
      deliver("after the last attempt the delivery is dead, and a replay brings it back"),
    ],
    open: "the days of the schedule pass by setting due times back, not by waiting",
  },
  { what: "The vendor's endpoint slow", played: true },
  {
    what: "The vendor answers 410, redirects, or too late",
    tests: [deliver("a redirect is a failure and is not followed; Retry-After is honoured; 410 switches the endpoint off")],
  },
  {
    what: "The signing secret rotated while events go out",
    tests: [
      deliver("during a rotation both secrets sign, afterwards only the new one"),
      deliver("a rotated secret signs what is sent from then on, a retry too"),
    ],
  },
  { what: "Killed between sending an event and noting it", played: true },
];

export const TENANCY: Row[] = [
  { what: "A noisy customer beside quiet ones, with fairness and without", played: true },
  { what: "Many streams due at the same moment", played: true },
  {
    what: "Disconnected in the middle of a run",
    played: true,
    tests: [stream("turned off in the middle of a page, the page is refused and the run closed")],
  },
  {
    what: "A customer erased in the middle of a run",
    tests: [call("F-77: a disconnected account is nobody, an erased one leaves nothing")],
    open: "a customer is erased by deleting the row, which takes all of theirs along; there is no verb for it yet",
  },
  {
    what: "Reconnected as the same and as another account",
    tests: [
      at("server/domains/connections/connect.db.test.ts")("reconnected as itself goes on where it stood; as another, nothing changes"),
    ],
  },
  {
    what: "Mapping or connector changed during a run",
    tests: [
      at("server/domains/mappings/move-streams.db.test.ts")(
        "a leg maps by the template's version in force and the customer's newest patches",
      ),
      stream("re-maps all records from what is stored, without asking the source, and tells only of real changes"),
    ],
  },
  {
    what: "A whole reading resumed after a crash",
    played: true,
    tests: [deletes("a worker that dies after the last page leaves the rest to the next attempt")],
  },
  { what: "The feed read all the time beside 8 writers whose commits are delayed at random", played: true },
  { what: "“Sync now” 50 times", played: true, tests: [stream("fifty pokes are one run, and one more if it was under way")] },
  { what: "10,000 idle connections", played: true },
  { what: "An hour at 70 % load while workers die", open: "takes an hour; F-4 is five minutes of the same" },
];
