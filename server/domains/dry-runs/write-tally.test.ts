import { expect, test } from "vitest";
import { sayIn } from "#server/words/messages";
import type { TakenWish } from "../streams/outbox";
import { hold, type Pushing } from "../streams/push-ready";
import { inWords, WriteTally } from "./write-tally";

const PUSH = { spec: { fields: [], writes: {} }, way: { back: [] } } as unknown as Pushing;
const wish = (ownId: string) => ({ ownId, op: "put", version: 1 }) as unknown as TakenWish;

test("why a record waits is said in the reader's language, each by its kind", () => {
  const tally = new WriteTally(PUSH, []);
  const held = (ownId: string, ...[code, more]: [Parameters<typeof hold>[1], Parameters<typeof hold>[4]?]) =>
    tally.add({ ownId, externalId: null }, { ready: hold(wish(ownId), code, "the engine's words", null, more), there: null });
  held("several", "conflict");
  held("gone", "conflict", { unlink: true });
  held("value", "mapping_failed");
  held("unable", "config_invalid");
  tally.add({ ownId: "unknown", externalId: null }, { unknown: "The third party took too long." });
  const told = inWords(tally.result(false), sayIn("de"));
  expect(Object.fromEntries(told.samples.map(({ ownId, message }) => [ownId, message]))).toEqual({
    several: expect.stringContaining("Mehrere Datensätze dort passen dazu"),
    gone: expect.stringContaining("wurde dort gelöscht"),
    value: expect.stringContaining("kann so nicht gesendet werden"),
    unable: expect.stringContaining("kann dort nicht geschrieben werden"),
    unknown: expect.stringContaining("erst gefragt werden"),
  });
});
