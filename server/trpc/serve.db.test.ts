import type postgres from "postgres";
import superjson from "superjson";
import { describe, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene, type Scene } from "#tests/support/world";
import type { InlayError } from "./errors";
import { serveEmbed } from "./serve";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner);
});

type Call = { path: string; input?: unknown; token?: string | null; body?: string; accept?: string; deps?: Deps };

async function send({ path, input, token = scene.embedToken, body, accept, deps: on = deps }: Call): Promise<Response> {
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(superjson.serialize(input)))}`;
  const headers = new Headers({ "content-type": "application/json" });
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  if (accept) headers.set("accept", accept);
  return serveEmbed(
    on,
    new Request(`http://127.0.0.1:4600/api/trpc/embed/${path}${query}`, {
      headers,
      ...(body === undefined ? {} : { method: "POST", body }),
    }),
  );
}

async function refusal(response: Response): Promise<InlayError> {
  const text = await response.text();
  const { error } = JSON.parse(text) as { error: { json: { message: string; data: { inlay: InlayError } } } };
  expect(text).not.toMatch(/stack|\.ts:|node_modules/);
  expect(error.json.message).toBe(error.json.data.inlay.text);
  return error.json.data.inlay;
}

describe("an answer over HTTP", () => {
  test("to a live session", async () => {
    const response = await send({ path: "session.bootstrap" });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  });

  test.each([
    ["none", null],
    ["one that was never given out", "ems_0123456789abcdef0123456789abcdef"],
  ])("to a token: %s", async (_name, token) => {
    const response = await send({ path: "session.bootstrap", token });
    expect(response.status).toBe(401);
    const told = await refusal(response);
    expect(told).toMatchObject({ code: "unauthenticated", next: "Sign in again", requestId: response.headers.get("x-request-id") });
  });

  test("an expired one opens no stream either, and the status says why", async () => {
    const token = "ems_expired0123456789abcdef";
    const { hashToken } = await import("#server/lib/tokens");
    await owner`insert into embed_sessions (id, environment_id, customer_id, token_hash, origin, expires_at)
      values ('ems_00000000000000000001', ${scene.environment}, ${scene.customer}, ${hashToken(token)}, 'http://localhost:4600', now() - interval '1 second')`;
    const input = { connectionId: scene.connection };
    expect((await send({ path: "connections.get", input, token })).status).toBe(401);
    expect((await send({ path: "connections.watch", input, token, accept: "text/event-stream" })).status).toBe(401);
  });

  test("a field that is wrong is named; one that nobody knows is refused", async () => {
    const told = await refusal(
      await send({ path: "connect.begin", body: JSON.stringify(superjson.serialize({ integrationId: "", display: "window", more: 1 })) }),
    );
    expect(told).toMatchObject({ code: "invalid", fields: { integrationId: [expect.any(String)], display: [expect.any(String)] } });
    expect(JSON.stringify(told.fields)).toContain("more");
  });

  test("A-57: nothing is changed by an address alone, nor by the form of another site", async () => {
    const input = { streamId: scene.stream };
    expect((await send({ path: "streams.pause", input })).status).toBe(405);
    const asForm = (type: string) =>
      serveEmbed(
        deps,
        new Request("http://127.0.0.1:4600/api/trpc/embed/streams.pause", {
          method: "POST",
          headers: { authorization: `Bearer ${scene.embedToken}`, "content-type": type },
          body: JSON.stringify(superjson.serialize(input)),
        }),
      );
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
      expect([400, 415]).toContain((await asForm(type)).status);
    const [stream] = await owner`select status from streams where id = ${scene.stream}`;
    expect(stream).toMatchObject({ status: "active" });
  });

  test("what is not JSON, and what is not there", async () => {
    const broken = await send({ path: "connect.begin", body: "{ not json" });
    expect(broken.status).toBe(400);
    expect(await refusal(broken)).toMatchObject({ code: "invalid" });
    const nowhere = await send({ path: "no.such" });
    expect(nowhere.status).toBe(404);
    expect(await refusal(nowhere)).toMatchObject({ code: "not_found" });
  });

  test("an error nobody expected leaves nothing but its request id, and is logged", async () => {
    const logged: unknown[] = [];
    const log = Object.assign(Object.create(deps.log), { error: (entry: unknown) => logged.push(entry) }) as Deps["log"];
    const keeping = { ...deps.keeping, pokeStream: () => Promise.reject(new Error("secret dsn postgres://u:p@host")) };
    const body = JSON.stringify(superjson.serialize({ streamId: scene.stream }));
    const response = await send({ path: "streams.sync", body, deps: { ...deps, log, keeping } });
    expect(response.status).toBe(500);
    const told = await refusal(response);
    expect(told).toMatchObject({ code: "platform_error", detail: null });
    expect(JSON.stringify(told)).not.toContain("secret");
    expect(logged).toEqual([expect.objectContaining({ requestId: told.requestId, path: "streams.sync" })]);
  });
});

describe("an event stream", () => {
  test("brings the view, then what changed, with ids to go on from", async () => {
    const response = await send({ path: "connections.watch", input: { connectionId: scene.connection }, accept: "text/event-stream" });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (found: RegExp) => {
      while (!found.test(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`ended before ${found}: ${text}`);
        text += value;
      }
    };
    await until(/"state":"active"[\s\S]*^id: \S+/m);
    await owner`update streams set pause_reasons = '{customer}' where id = ${scene.stream}`;
    await until(/"state":"paused"/);
    await reader.cancel();
  });

  test("of what is not there ends with our own code, which a client does not try again", async () => {
    const response = await send({ path: "connections.watch", input: { connectionId: "con_nowhere" }, accept: "text/event-stream" });
    expect(await response.text()).toMatch(/serialized-error[\s\S]*"code":-32004[\s\S]*"code":"not_found"/);
  });
});
