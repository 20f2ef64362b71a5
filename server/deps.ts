import { type DestinationStream, pino } from "pino";
import { type DatabaseRole, openDatabase } from "#server/db/client";
import { type Env, getEnv } from "#server/env";
import type { Deps } from "#server/lib/context";
import { errorForLog } from "#server/lib/error-for-log";
import { createVault } from "#server/lib/vault";
import { createEgress } from "#server/runtime/egress-undici";
import { lookUpTxt } from "#server/runtime/look-up-txt";
import { createMailer } from "#server/runtime/mailer";
import { createKeeping } from "#server/temporal/client";

/** Property names whose values never reach a log line, at the top or one and two levels down. */
const SECRET_NAMES = [
  "authorization",
  "cookie",
  "token",
  "secret",
  "clientSecret",
  "password",
  "apiKey",
  "accessToken",
  "refreshToken",
  "verifier",
  "sealed",
];

/** A JSON logger that blanks secrets. `name` is the process: `web`, `worker`, `setup`. Writes to stdout, or to `to`. */
export function createLog(name: string, level: string, to?: DestinationStream) {
  const options = {
    name,
    level,
    base: { process: name },
    // `err` is ours, `error` is what Temporal calls it; without a serializer an Error prints as {}.
    serializers: { err: errorForLog, error: errorForLog },
    redact: { paths: SECRET_NAMES.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[redacted]" },
  };
  return to ? pino(options, to) : pino(options);
}

/** The composition root: settings in, everything impure out. Opens nothing before it is used. */
export function createDeps(env: Env, role: DatabaseRole): Deps {
  const log = createLog(role, env.logLevel);
  return {
    db: openDatabase({ url: env.databaseUrl, role }),
    vault: createVault(env.keys.all, env.keys.current),
    egress: createEgress({ allowLoopback: env.allowLoopback }),
    lookUpTxt,
    mailer: env.smtpUrl === null ? null : createMailer({ url: env.smtpUrl, from: env.mailFrom }),
    keeping: createKeeping({ ...env.temporal, codec: { keys: env.keys.all, currentKeyId: env.keys.current }, log }),
    log,
    clock: { now: () => new Date() },
    config: {
      origin: env.origin,
      demoOrigin: env.demo?.origin ?? null,
      failpoint: env.failpoint,
      allowLoopback: env.allowLoopback,
      legs: env.legs,
    },
  };
}

const SLOT = Symbol.for("inlay.deps");
type Slots = { [SLOT]?: Deps };

/**
 * The web process's dependencies, built at first use. Kept on globalThis because that process holds two bundles (the lean
 * door's and Next's), which must share pools.
 */
export function getDeps(): Deps {
  const slots = globalThis as Slots;
  slots[SLOT] ??= createDeps(getEnv(), "web");
  return slots[SLOT];
}
