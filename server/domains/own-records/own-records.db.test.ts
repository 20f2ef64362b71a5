import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { handleRest } from "#server/rest/handle-rest";
import { openPushing } from "#tests/support/pushing";
import { createScene, type Scene } from "#tests/support/world";
import type { OwnPut } from "./put-own-records";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

let scene: Scene;
let p: Awaited<ReturnType<typeof openPushing>>;
beforeAll(async () => {
  p = await openPushing();
});
afterAll(() => p.close());
beforeEach(async () => {
  scene = await p.reset();
});

const ada = (more: object = {}): OwnPut => ({ id: "ada", data: { email: "ada@acme.example", firstName: "Ada", ...more } });

describe("own records", () => {
  test("are checked by field, stored each by itself, and change nothing when they come again", async () => {
    const bad = { id: "bob", data: { email: 7, colour: "red" } };
    expect(await p.put(ada(), bad as never, ada())).toMatchObject([
      { id: "ada", outcome: "refused", issues: [{ path: "id" }] },
      { id: "bob", outcome: "refused", issues: [{ path: "email", message: "expected text, got the number 7" }, { path: "colour" }] },
      { id: "ada", outcome: "refused" },
    ]);
    expect(await p.put(ada())).toEqual([{ id: "ada", outcome: "stored", version: 1, issues: [] }]);
    expect(await p.put(ada())).toEqual([{ id: "ada", outcome: "unchanged", version: 1, issues: [] }]);
    expect(await p.put(ada({ firstName: "Augusta" }))).toMatchObject([{ outcome: "stored", version: 2 }]);
    expect(await p.rows("outbox")).toMatchObject([{ own_id: "ada", op: "put", version: "2", state: "waiting" }]);
    const known = (version: number) => p.put({ ...ada({ firstName: `From ${version}` }), version });
    expect(await known(1)).toMatchObject([
      { outcome: "refused", issues: [{ path: "version", message: expect.stringContaining("is 2 by now") }] },
    ]);
    expect(await known(2)).toMatchObject([{ outcome: "stored", version: 3 }]);
  });
});

describe("the vendor's API", () => {
  const ask = async (method: string, path: string, body?: unknown, as = scene) => {
    const headers = { authorization: `Bearer ${as.secretKey}`, "content-type": "application/json" };
    const request = new Request(`http://x${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const response = await handleRest(p.deps, request);
    return { status: response.status, body: response.status === 204 ? null : await response.json() };
  };

  test("records go in, are told with where they stand, and go; of another vendor's customer nothing is found", async () => {
    const path = `/v1/customers/${scene.customer}/models/contact/records`;
    const sent = { records: [ada(), { id: "b/1", data: { email: 1 } }] };
    expect((await ask("PUT", path, sent)).body).toMatchObject({
      results: [{ outcome: "stored" }, { outcome: "refused", issues: [{ path: "email" }] }],
    });
    expect((await ask("GET", `${path}/ada`)).body).toMatchObject({ version: 1, streams: [{ streamId: scene.stream, state: "waiting" }] });
    await p.run();
    expect((await ask("GET", path)).body).toMatchObject({
      items: [{ id: "ada", streams: [{ state: "in_step", externalId: "t1" }] }],
      next: null,
    });
    expect((await ask("GET", `${path}?externalId=t1`)).body).toMatchObject({ items: [{ id: "ada" }] });
    expect((await ask("GET", `${path}?externalId=t2`)).body).toMatchObject({ items: [] });
    expect((await ask("GET", "/v1/writes")).body).toMatchObject({ items: [{ op: "create", ownId: "ada" }] });
    expect((await ask("POST", "/v1/writes/undo", { stream: scene.stream, plan: true })).status).toBe(400);
    expect((await ask("DELETE", `${path}/ada`)).status).toBe(204);
    expect((await ask("GET", `${path}/ada`)).body).toMatchObject({ version: 2, deletedAt: expect.any(String), data: {} });
    const other = await createScene(p.owner, { name: "Other", connectorKey: "tiny", records: 0 });
    for (const answer of [
      await ask("PUT", path, { records: [ada()] }, other),
      await ask("GET", path, undefined, other),
      await ask("DELETE", `${path}/ada`, undefined, other),
      await ask("PUT", `/v1/customers/${scene.customer}/models/nope/records`, { records: [ada()] }),
      await ask("POST", "/v1/held-records/retry", { stream: scene.stream }, other),
    ])
      expect(answer.status).toBe(404);
  });
});
