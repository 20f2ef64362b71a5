import { createTRPCUntypedClient, type TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { expect, test } from "vitest";
import { onceLink } from "./once-link";

/** A server that answers, or fails, when told to. */
function scene() {
  const asked: { path: string; answer: (data: unknown) => void; fail: () => void }[] = [];
  const server: TRPCLink<AnyTRPCRouter> =
    () =>
    ({ op }) =>
      observable((observer) => {
        asked.push({
          path: op.path,
          answer: (data) => {
            observer.next({ result: { type: "data", data } });
            observer.complete();
          },
          fail: () => observer.error(new Error("refused") as never),
        });
      });
  return { asked, client: createTRPCUntypedClient<AnyTRPCRouter>({ links: [onceLink(), server] }) };
}

test("the same change twice at once reaches the server once, and both hear its answer", async () => {
  const { asked, client } = scene();
  const both = [client.mutation("apiKeys.create", { name: "a" }), client.mutation("apiKeys.create", { name: "a" })];
  const other = client.mutation("apiKeys.create", { name: "b" });
  expect(asked).toHaveLength(2);
  asked[0]?.answer("key a");
  asked[1]?.answer("key b");
  expect(await Promise.all([...both, other])).toEqual(["key a", "key a", "key b"]);
});

test("once answered or refused, it can be asked again; questions are never shared", async () => {
  const { asked, client } = scene();
  const first = client.mutation("publish", { id: 1 });
  asked[0]?.fail();
  await expect(first).rejects.toThrow("refused");
  const second = client.mutation("publish", { id: 1 });
  asked[1]?.answer("done");
  expect(await second).toBe("done");
  void client.mutation("publish", { id: 1 });
  void client.query("list");
  void client.query("list");
  expect(asked.map(({ path }) => path)).toEqual(["publish", "publish", "publish", "list", "list"]);
});
