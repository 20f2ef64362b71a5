import { describe, expect, it } from "vitest";
import type { ConnectionView, RunView, StreamView } from "#server/trpc/views";
import { sayIn } from "#server/words/messages";
import { hasMoved } from "./use-connection";
import { headline, progressWords, runWords } from "./words";

const say = sayIn("en");
const now = new Date("2026-11-21T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);

const stream = (over: Partial<StreamView> = {}): StreamView => ({
  id: "str_1",
  key: "contacts",
  templateId: "tpl_1",
  label: "Contacts",
  object: "contacts",
  modelKey: "contact",
  direction: "pull",
  heldCount: 0,
  conflictCount: 0,
  status: "active",
  state: "active",
  phase: "incremental",
  progress: null,
  recordCount: 10_000,
  quarantineCount: 0,
  templateVersion: 1,
  mappingVersion: 1,
  mappedVersion: 1,
  pauseReasons: [],
  decisions: 0,
  lastSuccessAt: ago(120_000),
  nextRunAt: null,
  waitingUntil: null,
  missing: null,
  problem: null,
  ...over,
});
const connection = (over: Partial<ConnectionView> = {}): ConnectionView => ({
  id: "con_1",
  integrationId: "int_1",
  integrationName: "HubSpot",
  connectorKey: "hubspot",
  iconUrl: "/v1/icons/hubspot.svg",
  customerId: "cus_1",
  customerName: "Globex",
  state: "active",
  accountId: "1",
  accountLabel: "globex.example",
  createdAt: now,
  problem: null,
  streams: [stream()],
  ...over,
});
const run = (over: Partial<RunView> = {}) => ({
  id: "run_1",
  streamId: "str_1",
  kind: "incremental" as const,
  trigger: "schedule",
  status: "succeeded" as const,
  pages: 1,
  seen: 0,
  created: 0,
  updated: 0,
  deleted: 0,
  skipped: 0,
  unchanged: 0,
  quarantined: 0,
  legs: 1,
  problem: null,
  startedAt: now,
  finishedAt: now,
  streamLabel: "Contacts",
  ...over,
});

describe("a note about a sync that is held up", () => {
  it("is over once a sync has begun or ended since, and only then", () => {
    const before = connection();
    expect(hasMoved(before, connection())).toBe(false);
    expect(hasMoved(before, connection({ streams: [stream({ progress })] }))).toBe(true);
    expect(hasMoved(before, connection({ streams: [stream({ lastSuccessAt: ago(1_000) })] }))).toBe(true);
  });
});

const progress = { runId: "run_1", kind: "backfill" as const, done: 3400, total: 10_000, perSecond: 330, etaSeconds: 20 };

describe("progress", () => {
  it("counts towards a known total", () => {
    expect(progressWords(progress, say)).toBe("3,400 of 10,000 · about 20 s left");
  });
  it("claims no total it was not told, and never more than all", () => {
    expect(progressWords({ ...progress, total: null }, say)).toBe("3,400 so far");
    expect(progressWords({ ...progress, done: 10_050, etaSeconds: null }, say)).toBe("10,000 of 10,000");
  });
});

describe("headline", () => {
  it("says up to date only with evidence", () => {
    expect(headline(connection(), now, say)).toEqual({ tone: "good", text: "Up to date.", evidence: "Checked 2 min ago." });
    expect(headline(connection({ streams: [stream({ lastSuccessAt: null })] }), now, say).text).toBe("Getting ready.");
    expect(headline(connection({ streams: [] }), now, say).text).toBe("Connected.");
  });
  it("goes by the stream that was checked longest ago, and names what is held back", () => {
    const streams = [stream(), stream({ lastSuccessAt: ago(600_000), quarantineCount: 4 })];
    expect(headline(connection({ streams }), now, say).evidence).toBe("Checked 10 min ago. 4 records held back.");
  });
  it("says until when it waits for the other system, when all that runs waits", () => {
    const waiting = stream({ progress: { ...progress, runId: "run_2" }, waitingUntil: new Date(now.getTime() + 60_000) });
    const told = (streams: StreamView[]) => headline(connection({ state: "syncing", streams }), now, say);
    expect(told([waiting, stream()])).toMatchObject({ tone: "wait", text: expect.stringMatching(/^Waiting for HubSpot until \d+:\d\d/) });
    expect(told([waiting, stream({ progress })]).text).toBe("The first sync is running.");
  });
  it("says what waits for somebody though all runs: what both sides have changed before what could not be written", () => {
    const told = (...streams: StreamView[]) => headline(connection({ state: "attention", streams }), now, say).evidence;
    expect(told(stream({ conflictCount: 1 }), stream({ heldCount: 3 }))).toBe(
      "1 record was changed on both sides. Decide under Problems what counts.",
    );
    expect(told(stream({ heldCount: 3 }))).toBe("3 changes could not be written to HubSpot.");
    expect(told(stream())).toBe("Some records could not be synced. The others were.");
  });
  it("says who paused", () => {
    const paused = (reason: string) =>
      headline(connection({ state: "paused", streams: [stream({ pauseReasons: [reason] })] }), now, say).evidence;
    expect(paused("customer")).toMatch(/^You paused it/);
    expect(paused("vendor")).toMatch(/^Paused by the people/);
  });
});

describe("runs", () => {
  it("reads like a sentence", () => {
    expect(runWords(run(), say).title).toBe("Checked Contacts: nothing new");
    expect(runWords(run({ kind: "backfill", created: 10_000 }), say).title).toBe("First sync of Contacts: 10,000 new");
    expect(runWords(run({ updated: 3, quarantined: 1, trigger: "customer" }), say)).toEqual({
      tone: "good",
      title: "Sync of Contacts: 3 updated, 1 held back",
      detail: "started here",
    });
    expect(runWords(run({ kind: "backfill", trigger: "customer", deleted: 100 }), say).title).toBe(
      "Whole reading of Contacts: 100 deleted",
    );
    expect(runWords(run({ kind: "named", trigger: "webhook", deleted: 2 }), say)).toMatchObject({
      title: "Sync of Contacts: 2 deleted",
      detail: "after a notice from the other system",
    });
    expect(runWords(run({ status: "failed" }), say).detail).toMatch(/nothing is lost/);
  });
});

it("reads in another language as well", () => {
  const de = sayIn("de");
  expect(headline(connection({ streams: [stream({ quarantineCount: 4 })] }), now, de).evidence).toBe(
    "Geprüft vor 2 Min. 4 Datensätze zurückgehalten.",
  );
  expect(runWords(run({ kind: "backfill", created: 10_000 }), sayIn("fr")).title).toBe(
    "Première synchronisation : Contacts : 10\u202f000 nouveaux",
  );
});
