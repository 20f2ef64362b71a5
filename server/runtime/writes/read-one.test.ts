import { expect, test } from "vitest";
import { HARBOUR } from "#tests/support/harbour";
import { Manifest } from "../manifest";
import type { Outgoing, Reply } from "../send";
import { oneOf, readOne } from "./read-one";

/** One vessel is asked for as `get` says; the request that was sent, and the id that came back. */
async function asked(get: object, json: unknown): Promise<{ sent: Outgoing; id: string | undefined }> {
  const manifest = Manifest.parse({ ...HARBOUR, objects: { vessel: { ...HARBOUR.objects.vessel, get } } });
  let sent: Outgoing | null = null;
  const facts = { method: "GET", path: "/", status: 200, ms: 1, bytes: 1, retries: 0 };
  const send = async (request: Outgoing): Promise<Reply> => {
    sent = request;
    return { json, headers: {}, url: "https://api.harbour.example/", suspicious: false, facts };
  };
  const found = await readOne({ send, manifest }, "vessel", "7");
  if (!sent) throw new Error("nothing was sent");
  return { sent, id: found?.id };
}

test("one record is asked for by what asks for many: in a text, and in a list of a body", async () => {
  const batch = { batch: { size: 10, records: "found" } };
  const byQuery = await asked({ request: { path: "/many", query: { ids: "{ids}" } }, ...batch }, { found: [{ imo: "7" }] });
  expect([byQuery.sent.path, byQuery.sent.query, byQuery.id]).toEqual(["/many", { ids: "7" }, "7"]);
  const body = { ids: "{ids}", filter: "imo in ({ids})" };
  const byBody = await asked({ request: { method: "POST", path: "/search", body }, ...batch }, { found: [{ imo: "7" }] });
  expect([byBody.sent.body, byBody.id]).toEqual([{ ids: ["7"], filter: "imo in (7)" }, "7"]);
  expect((await asked({ request: { path: "/many", query: { ids: "{ids}" } }, ...batch }, { found: [] })).id).toBeUndefined();
});

test("what cannot be asked for without its parent is not asked for", () => {
  const call = { ...HARBOUR.objects.call, get: { request: { path: "/vessels/{parent}/calls/{id}" } } };
  expect(oneOf(Manifest.parse({ ...HARBOUR, objects: { ...HARBOUR.objects, call } }), "call")).toBeNull();
});
