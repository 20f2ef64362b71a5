import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import { authenticateEmbedSession } from "#server/auth/embed-session";
import { keyAtHost } from "#server/http/framing";
import { isNamedResponse, ownOriginResponse } from "#server/http/own-origin";
import type { Ctx, CustomerCtx, Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, memberCtx, type Scene } from "#tests/support/world";
import { createLink } from "../connect-links/create-link";
import { isFrame } from "./is-frame";
import { getOwnOrigin, setOwnOrigin } from "./own-origin";
import { proveOwnOrigin } from "./prove-own-origin";

let owner: postgres.Sql;
let given: Deps;
let scene: Scene;
/** The world outside: TXT records by name, and which origins lead to us. */
let dns: Map<string, string[]>;
let leads: Set<string>;
let ctx: Ctx;

usingDatabase((opened) => {
  ({ owner, web: given } = opened);
});

const inWorld = (of: Scene): Ctx => {
  const deps: Deps = {
    ...given,
    lookUpTxt: async (name) => dns.get(name) ?? [],
    egress: async ({ url }) => {
      const { origin, pathname } = new URL(url);
      if (!origin.endsWith(".example")) throw new AppError("provider_unavailable", "No answer.");
      const answer = leads.has(origin)
        ? await ownOriginResponse(given, pathname.split("/").at(-1) ?? "")
        : new Response("parked", { status: 404 });
      return { status: answer.status, headers: {}, body: Buffer.from(await answer.arrayBuffer()), url, ms: 1 };
    },
  };
  return memberCtx(deps, of, "admin");
};
const prove = (of: Ctx = ctx) => proveOwnOrigin(of).catch((error: AppError) => error.message);

beforeEach(async () => {
  scene = await createScene(owner, { kind: "live" });
  dns = new Map();
  leads = new Set();
  ctx = inWorld(scene);
});

const NAME = "integrations.acme.example";
const ORIGIN = `https://${NAME}`;

/** The whole way to a proven name, whatever it is. */
async function proven(of: Ctx = ctx, name = NAME) {
  const set = await setOwnOrigin(of, { origin: name });
  dns.set(`_inlay.${name}`, [...(dns.get(`_inlay.${name}`) ?? []), set?.record?.value ?? ""]);
  leads.add(`https://${name}`);
  return proveOwnOrigin(of);
}

test("a name is in use once its DNS and where it leads have proven it, and not before; each lack is told", async () => {
  const set = await setOwnOrigin(ctx, { origin: NAME });
  expect(set).toMatchObject({ origin: ORIGIN, record: { name: `_inlay.${NAME}` }, provenAt: null });
  expect((await isNamedResponse(given, NAME)).status).toBe(200); // a certificate is needed for the proof
  expect((await isNamedResponse(given, `x.${NAME}`)).status).toBe(404);
  expect(await prove()).toContain(`no TXT record _inlay.${NAME}`);
  dns.set(`_inlay.${NAME}`, ["something else", set?.record?.value ?? ""]);
  expect(await prove()).toContain("leads somewhere else than to us");
  expect(await isFrame(ctx, { publishableKey: scene.publishableKey, caller: ORIGIN })).toBe(false);
  leads.add(ORIGIN);
  expect(await prove()).toMatchObject({ origin: ORIGIN, provenAt: expect.any(Date) });
  expect(await isFrame(ctx, { publishableKey: scene.publishableKey, caller: ORIGIN })).toBe(true);
  expect(await getOwnOrigin(ctx)).toMatchObject({ origin: ORIGIN, provenAt: expect.any(Date) });
});

test("whose a name is stays so: another vendor can neither take it nor, by naming it first, keep its owner out", async () => {
  const other = inWorld(await createScene(owner, { name: "Evil", kind: "live" }));
  const name = "first.acme.example";
  await setOwnOrigin(other, { origin: name }); // named, not proven
  await proven(ctx, name);
  expect(await prove(other)).toContain("no TXT record");
  await expect(proven(other, name)).rejects.toMatchObject({ code: "conflict" });
  expect(await getOwnOrigin(other)).toMatchObject({ provenAt: null });
});

test("under the name stands the one vendor's marketplace, its sessions work there, and links lead there", async () => {
  const name = "apps.acme.example";
  const origin = `https://${name}`;
  await owner`update embed_sessions set expires_at = now() + interval '1 hour' where id = ${scene.embedSession}`;
  const call = (from: string) =>
    authenticateEmbedSession(
      given,
      { headers: new Headers({ authorization: `Bearer ${scene.embedToken}`, origin: from }) } as never,
      "req_test",
    );
  await expect(call(origin)).rejects.toMatchObject({ code: "forbidden" });
  await proven(ctx, name);
  expect(await keyAtHost(given, name)).toBe(scene.publishableKey);
  expect(await keyAtHost(given, "elsewhere.example")).toBeNull();
  expect((await call(origin)).actor.frame).toBe(origin);
  expect((await call(given.config.origin)).actor.frame).toBeUndefined();
  await expect(call("https://apps.acme.example.evil.io")).rejects.toMatchObject({ code: "forbidden" });
  const customer: CustomerCtx = customerCtx(given, scene);
  const { url } = await createLink(customer, { integrationId: scene.integration });
  expect(url).toMatch(new RegExp(`^${origin}/connect/link/`));
  await setOwnOrigin(ctx, { origin: null });
  await expect(call(origin)).rejects.toMatchObject({ code: "forbidden" });
  expect((await createLink(customer, { integrationId: scene.integration })).url).toMatch(/^http:\/\/127\.0\.0\.1:4600\//);
});

test.each([
  "http://localhost:4000",
  "https://127.0.0.1",
  "https://integrations.acme.example:8080",
  "https://*.acme.example",
  "https://intranet",
  "acme.example/path",
])("%s cannot be a vendor's own origin in live", async (origin) => {
  await expect(setOwnOrigin(ctx, { origin })).rejects.toMatchObject({ code: "invalid" });
});
