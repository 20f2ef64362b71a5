import { createHash } from "node:crypto";
import type { Database } from "#server/db/client";
import { AppError, isAppError } from "#server/lib/errors";
import { lackOf } from "../classify";
import type { StoredConnection } from "../credential-store";
import type { Manifest } from "../manifest";
import type { Bucket } from "../protocols/schema";
import { governorOf } from "./governor";
import { LONGEST_WAIT_MS, paceOf, type RequestClass } from "./pace";
import type { Gate, Passage } from "./passage";

/** How often one request is let out when it was refused: the second time after the wait the third party asked for. */
const TRIES = 2;

/** Whose request it is. `accountId` null: not known yet. */
export type GateOwner = { environmentId: string; integrationId: string; sandboxOrigin: string | null; accountId: string | null };

/** The owner of a stored connection's requests. Two connections to one account share its limits. */
export const gateOwnerOf = (environmentId: string, row: StoredConnection): GateOwner => ({
  environmentId,
  integrationId: row.integration_id,
  sandboxOrigin: row.sandbox_origin,
  accountId: row.account_id,
});

type GateOptions = { db: Database; clock: { now(): Date }; manifest: Manifest; owner: GateOwner; klass: RequestClass };

/** Whether an address fits a bucket's: `*` stands for one part, `**` for any number. Takes no longer than its parts are many. */
export function fits(pattern: string, path: string): boolean {
  const [wanted, parts] = [pattern, path].map((text) => text.split("/").filter((part) => part !== "")) as [string[], string[]];
  let [w, p, star, from] = [0, 0, -1, 0];
  while (p < parts.length) {
    if (wanted[w] === "**") {
      star = w++;
      from = p;
    } else if (wanted[w] === "*" || wanted[w] === parts[p]) {
      w++;
      p++;
    } else if (star >= 0) {
      w = star + 1;
      p = ++from;
    } else return false;
  }
  return wanted.slice(w).every((part) => part === "**");
}

/** Whether a bucket counts this request. */
function counts({ methods, paths }: Pick<Bucket, "methods" | "paths">, { method, path }: Passage): boolean {
  if (methods && !methods.includes(method)) return false;
  return paths === undefined || paths.some((one) => fits(one, path));
}

const idOf = (parts: readonly (string | null)[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("base64url");

/**
 * The way out for one connection's requests: what its manifest limits is counted for the app and the account by all workers
 * together, and a refusal that one of them met keeps all of them away. A manifest that limits nothing costs nothing here.
 * Throws `provider_rate_limited` with `retryAfterMs` when the wait would be longer than {@link LONGEST_WAIT_MS}.
 */
export function createGate({ db, clock, manifest, owner, klass }: GateOptions): Gate {
  const { rateLimit } = manifest.http;
  const governor = governorOf(db);
  const { board } = governor;
  const app = idOf([owner.environmentId, owner.integrationId, owner.sandboxOrigin]);
  const account = owner.accountId === null ? null : idOf([app, owner.accountId]);
  const ids = account === null ? [app] : [app, account];
  const holderOf = (scope: Bucket["scope"]) => (scope === "app" ? app : account);
  const buckets = rateLimit.buckets.flatMap((bucket) => {
    const holder = holderOf(bucket.scope);
    return holder === null ? [] : [{ bucket, pool: governor.tokens(idOf([holder, "tokens", bucket.name]), paceOf(bucket)) }];
  });
  const slots = (["app", "account"] as const).flatMap((scope) => {
    const [holder, limit] = [holderOf(scope), rateLimit.concurrency[scope]];
    return holder === null || limit === undefined ? [] : [governor.slots(idOf([holder, "slots"]), limit, app)];
  });
  // What an account nobody knows yet is refused says nothing about the others of the app.
  const told = holderOf(rateLimit.scope);
  const nowMs = () => clock.now().getTime();

  const once: Gate = async (passage, send, signal) => {
    await board.fresh();
    const tokens = buckets.filter(({ bucket }) => counts(bucket, passage)).map(({ pool }) => pool);
    const leave = await governor.lane(app).enter({ name: manifest.name, klass, ids, tokens, slots }, signal);
    try {
      const reply = await send();
      await board.opened(ids);
      const lack = lackOf(reply, manifest, nowMs());
      if (lack && told !== null) await board.hold(told, lack.waitMs, lack.everyone);
      return reply;
    } catch (error) {
      if (!isAppError(error) || error.code !== "provider_rate_limited") throw error;
      if (told === null) throw error;
      const retryAfterMs = Math.ceil(await board.close(told, error.retryAfterMs ?? rateLimit.defaultWaitMs));
      throw new AppError(error.code, error.message, { retryAfterMs, cause: error });
    } finally {
      leave();
    }
  };

  return async (passage, send, signal) => {
    for (let tries = 1; ; tries++) {
      try {
        return await once(passage, send, signal);
      } catch (error) {
        const refused = isAppError(error) && error.code === "provider_rate_limited";
        if (!refused || error.cause === undefined || tries >= TRIES || (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS) throw error;
      }
    }
  };
}
