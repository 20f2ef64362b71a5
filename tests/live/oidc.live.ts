import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { CustomerCtx } from "#server/lib/context";
import type { Sealed } from "#server/lib/vault";
import { createEgress } from "#server/runtime/egress-undici";
import { openSecret } from "#server/runtime/secret";
import { openSource } from "#server/runtime/source";
import { eventually } from "#tests/support/live";
import { testDeps } from "#tests/support/world";
import { answerPages, startIdHouse } from "./support/id-house";
import { journey } from "./support/journey";
import { type Product, signInAt } from "./support/product";
import { startRelay } from "./support/relay";

const CLIENT = { clientId: "inlay", clientSecret: "right-secret-0123456789abcdef0123456789" };
const manifest = readFileSync("tests/live/oidc/manifest.yaml", "utf8");
let house: Awaited<ReturnType<typeof startIdHouse>>;

async function start(product: Product) {
  const relay = await startRelay();
  const connector = await product.upload(manifest);
  const offer = (clientSecret: string) => product.integrate({ connector, ...CLIENT, clientSecret, sandboxOrigin: relay.origin });
  const [good, bad] = [await offer(CLIENT.clientSecret), await offer("wrong-secret")];
  house = await startIdHouse({ id: CLIENT.clientId, secret: CLIENT.clientSecret, redirectUris: [good.redirectUri, bad.redirectUri] }, 220);
  relay.to(house.address);
  const as = (login: string) => (url: string) => answerPages(url, relay.origin, login);
  return {
    relay,
    version: "oidc-provider 9.13.3",
    integrationId: good.integrationId,
    object: "note",
    label: "ada",
    connect: (ctx: CustomerCtx) => signInAt(ctx, good.integrationId, as("ada")),
    truth: async () => new Map(house.notes.map((note) => [note.id, { ...note }])),
    mapped: ({ id, text, stars, changed }: Record<string, unknown>) => ({ id, text, stars, changed }),
    async change() {
      const now = new Date().toISOString();
      Object.assign(house.notes[7]!, { text: "Not forgotten", changed: now });
      house.notes.push({ id: "N-new", text: "Just now", stars: 5, changed: now });
      return { changed: ["N-0007"], made: ["N-new"], gone: [] };
    },
    wrong: {
      attempt: (ctx: CustomerCtx) => signInAt(ctx, bad.integrationId, as("ada")),
      code: "config_invalid",
      says: /client id and secret/,
    },
    stop: () => house.stop(),
  };
}

journey("oidc", {
  start,
  also: {
    "Ten readers find the token ended at once: one refresh, no alarm for a token used twice": async (
      product,
      { ctx, connectionId, streamId },
    ) => {
      const worker = testDeps(product.url, "worker", { egress: createEgress({ allowLoopback: true }) });
      const { vendorId, environmentId, customerId } = ctx.scope;
      const target = { vendorId, environmentId, customerId, connectionId, object: "note", phase: "backfill" as const };
      await sleep(5_000); // the access token's whole life
      const before = { ...house.seen };
      const readers = await Promise.all(Array.from({ length: 10 }, () => openSource(worker, target)));
      // In this process; and the worker's, in its own.
      const [pages] = await Promise.all([Promise.all(readers.map((reader) => reader.readPage(null))), product.sync(ctx, streamId)]);
      expect(pages.map((page) => page.records.length)).toEqual(Array.from({ length: 10 }, () => 50));
      await worker.db.close();
      expect(house.seen).toEqual({ ...before, refreshes: before.refreshes + 1 });
    },
    "A refresh token that somebody else has used ends the access, and the connection says so": async (
      product,
      { ctx, connectionId, streamId },
    ) => {
      const owner = { environmentId: ctx.scope.environmentId, customerId: ctx.scope.customerId, connectionId };
      const [kept] = await product.owner<{ version: number; secret: Sealed }[]>`
        select version, secret from credentials where connection_id = ${connectionId}`;
      if (!kept) throw new Error("no credential");
      const secret = openSecret(product.deps.vault, owner, kept.version, kept.secret);
      if (secret.type !== "oauth2") throw new Error(secret.type);
      const theft = await fetch(`${house.address}/token`, {
        method: "POST",
        headers: { authorization: `Basic ${Buffer.from(`${CLIENT.clientId}:${CLIENT.clientSecret}`).toString("base64")}` },
        body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: String(secret.refreshToken) }),
      });
      expect(theft.status).toBe(200);
      await sleep(5_000); // the access token's whole life
      const { reuseAlarms } = house.seen;
      await product.sync(ctx, streamId);
      const [row] = await eventually(
        () => product.owner<{ status: string; failure_code: string | null }[]>`
          select c.status, s.failure_code from connections c join streams s on s.connection_id = c.id where s.id = ${streamId}`,
        ([one]) => one?.status === "reauth" && one.failure_code !== null,
      );
      expect(row).toEqual({ status: "reauth", failure_code: "reauth_required" });
      expect(house.seen.reuseAlarms).toBe(reuseAlarms + 1);
    },
  },
});
