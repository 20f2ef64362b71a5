import { describe, expect, test, vi } from "vitest";
import type { EmbedClient } from "#components/trpc/embed-client";
import { NAMES } from "#components/widget/headless";
import type { FromFrame } from "#components/widget/protocol";
import type { Say } from "#server/words/say";
import { answerCalls } from "./headless-answers";
import { CALLS } from "./headless-calls";

const say = (() => "No connection to the server.") as unknown as Say;

/** A frame whose client answers as given; what it says to the page is kept. */
function frame(client: object) {
  const said: Extract<FromFrame, { type: "answer" }>[] = [];
  const answer = answerCalls(
    client as EmbedClient,
    (message) => message.type === "answer" && said.push(message),
    () => say,
  );
  return { said, answer };
}
const call = (name: string, input?: unknown, id = 1) => ({ type: "call" as const, id, name, input });

test("page and frame know the same functions", () => {
  expect([...NAMES].sort()).toEqual(Object.keys(CALLS).sort());
});

describe("a call", () => {
  test("is answered once, with the value", async () => {
    const query = vi.fn(async () => [{ id: "int_1" }]);
    const { said, answer } = frame({ marketplace: { list: { query } } });
    answer(call("listIntegrations"));
    await vi.waitFor(() => expect(said).toEqual([{ type: "answer", id: 1, value: [{ id: "int_1" }] }]));
  });

  test("refused by the server is told in the server's words, with its fields and nothing else", async () => {
    const inlay = {
      code: "invalid",
      text: "Fill this in.",
      fixer: "customer",
      next: "fix",
      detail: "dev",
      requestId: "req_1",
      fields: { key: ["x"] },
    };
    const { said, answer } = frame({ connect: { submitKey: { mutate: async () => Promise.reject({ data: { inlay } }) } } });
    answer(call("connectWithKey", { fields: {} }, 7));
    await vi.waitFor(() =>
      expect(said).toEqual([{ type: "answer", id: 7, fault: { code: "invalid", text: "Fill this in.", fields: { key: ["x"] } } }]),
    );
  });

  test("that never reached the server says so in the customer's language", async () => {
    const { said, answer } = frame({ marketplace: { list: { query: async () => Promise.reject(new TypeError("failed to fetch")) } } });
    answer(call("listIntegrations"));
    await vi.waitFor(() => expect(said[0]?.fault).toEqual({ code: "platform_error", text: "No connection to the server.", fields: null }));
  });

  test.each(["eval", "constructor", "__proto__", "toString"])("of %s is refused, and nothing is done", (name) => {
    const { said, answer } = frame({});
    answer(call(name));
    expect(said[0]?.fault).toMatchObject({
      code: "invalid",
      text: expect.stringMatching(/There is no function .+ There are getSession, /),
    });
  });
});

test("what is watched is told at each change, until the page stops it", () => {
  const unsubscribe = vi.fn();
  let tell = (_: unknown) => {};
  const subscribe = vi.fn((_input, on: { onData: typeof tell }) => {
    tell = on.onData;
    return { unsubscribe };
  });
  const { said, answer } = frame({ connections: { watch: { subscribe } } });
  answer(call("watchConnection", { connectionId: "con_1" }, 3));
  tell({ data: { state: "syncing" } });
  tell({ data: { state: "active" } });
  expect(said).toEqual([
    { type: "answer", id: 3, value: { state: "syncing" }, more: true },
    { type: "answer", id: 3, value: { state: "active" }, more: true },
  ]);
  answer({ type: "stop", id: 3 });
  expect(unsubscribe).toHaveBeenCalledOnce();
});
