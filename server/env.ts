import { z } from "zod";

const Flag = z
  .enum(["0", "1", "true", "false", ""])
  .default("0")
  .transform((value) => value === "1" || value === "true");

const Origin = z.string().transform((value, ctx) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url && (url.protocol === "http:" || url.protocol === "https:") && url.origin === value.replace(/\/$/, "")) return url.origin;
  ctx.addIssue({ code: "custom", message: "must be an origin such as https://app.example.com, without a path" });
  return z.NEVER;
});

const Keys = z.string().transform((value, ctx) => {
  const keys: Record<string, Buffer> = {};
  for (const part of value.split(",")) {
    const [id = "", encoded = ""] = part.trim().split(/:(.*)/s);
    const bytes = Buffer.from(encoded, "base64");
    if (!/^[a-z0-9-]{1,32}$/.test(id)) {
      ctx.addIssue({
        code: "custom",
        message: "must be a list of <id>:<base64 of 32 bytes>, ids of small letters and digits, newest first",
      });
    } else if (bytes.length !== 32) {
      ctx.addIssue({ code: "custom", message: `key "${id}" must be 32 bytes in base64, it has ${bytes.length}` });
    }
    keys[id] = bytes;
  }
  return { current: value.split(":")[0]?.trim() ?? "", all: keys };
});

const Postgres = z.string().regex(/^postgres(ql)?:\/\/\S+$/, "must look like postgres://user:password@host:5432/database");

const Legs = z.coerce.number().int().min(1, "must be 1 at least").max(10_000);

const Variables = z.object({
  DATABASE_URL: Postgres,
  INLAY_ORIGIN: Origin,
  INLAY_HOST: z.string().min(1).optional(),
  INLAY_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  INLAY_DEV: Flag,
  INLAY_DEMO: Flag,
  INLAY_DEMO_PUBLIC: Flag,
  INLAY_DEMO_ORIGIN: Origin.optional(),
  INLAY_DEMO_SECRET_KEY: z
    .string()
    .regex(/^sk_test_[\w-]{20,}$/, "must be a key of the form sk_test_… with at least 20 characters after it")
    .optional(),
  INLAY_DEMO_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]{32,}$/, "must be whsec_ and at least 24 bytes in base64")
    .optional(),
  INLAY_KEYS: Keys,
  NEXTAUTH_SECRET: z.string().min(32, "must have at least 32 characters"),
  NEXTAUTH_URL: Origin.optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^\S+:\d+$/, "must be host:port")
    .default("127.0.0.1:7233"),
  TEMPORAL_NAMESPACE: z.string().min(1).default("default"),
  TEMPORAL_TLS: Flag,
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  INLAY_ALLOW_LOOPBACK: Flag,
  INLAY_SIMULATOR_ORIGIN: Origin.optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/\S+$/, "must look like smtp://user:password@host:587")
    .optional(),
  MAIL_FROM: z.string().min(3).default("Inlay <no-reply@localhost>"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  INLAY_HOME: z.string().min(1).default(".inlay"),
  INLAY_LEGS_PER_CUSTOMER: Legs.default(4),
  INLAY_LEGS_PER_VENDOR: Legs.default(16),
  INLAY_FAILPOINT: z
    .string()
    .regex(/^[a-z_.]+(:\d+)?$/, "must look like page.after_fetch:3")
    .optional(),
});

export type Env = {
  databaseUrl: string;
  /** Origin of the app; no trailing slash. */
  origin: string;
  /** Address to listen on; null = both loopbacks (127.0.0.1 and ::1). */
  host: string | null;
  port: number;
  /** Next in development mode, with reload. */
  dev: boolean;
  /** The stand-in vendor product, or null outside the demo. */
  demo: { origin: string; secretKey: string; webhookSecret: string } | null;
  keys: { current: string; all: Readonly<Record<string, Buffer>> };
  authSecret: string;
  temporal: { address: string; namespace: string; tls: boolean; apiKey: string | null };
  allowLoopback: boolean;
  simulatorOrigin: string | null;
  /** Null = mail is kept in the database, for the demo to show. */
  smtpUrl: string | null;
  mailFrom: string;
  logLevel: string;
  home: string;
  /** How many pieces of a sync may run at once: of one customer, and of one vendor's customers together. */
  legs: { ofCustomer: number; ofVendor: number };
  /** Where a test wants this process to die: `<point>[:<nth time>]`. */
  failpoint: string | null;
};

/** The environment is wrong; the message lists every fault, one a line, in words for whoever deploys. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

type Variables = z.infer<typeof Variables>;

/** Whether an origin can only be reached from this machine. */
const isLoopback = (origin: string) => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(origin).hostname);

function faultsBetween(vars: Variables): string[] {
  const faults: string[] = [];
  if (vars.INLAY_DEMO) {
    if (!isLoopback(vars.INLAY_ORIGIN) && !vars.INLAY_DEMO_PUBLIC)
      faults.push("INLAY_DEMO=1 lets anybody who reaches INLAY_ORIGIN sign in as an owner; if that is meant, set INLAY_DEMO_PUBLIC=1 too");
    for (const name of ["INLAY_DEMO_ORIGIN", "INLAY_DEMO_SECRET_KEY", "INLAY_DEMO_WEBHOOK_SECRET"] as const) {
      if (!vars[name]) faults.push(`${name} is needed when INLAY_DEMO=1`);
    }
    if (vars.INLAY_DEMO_ORIGIN === vars.INLAY_ORIGIN)
      faults.push("INLAY_DEMO_ORIGIN must differ from INLAY_ORIGIN: the demo embeds across sites");
  } else if (!vars.SMTP_URL) {
    faults.push("SMTP_URL is not set: without the demo, sign-in links go out by mail only");
  }
  if (vars.INLAY_LEGS_PER_CUSTOMER > vars.INLAY_LEGS_PER_VENDOR)
    faults.push("INLAY_LEGS_PER_CUSTOMER must not be more than INLAY_LEGS_PER_VENDOR, which counts all customers of a vendor");
  if (vars.NEXTAUTH_URL && vars.NEXTAUTH_URL !== vars.INLAY_ORIGIN) faults.push("NEXTAUTH_URL must be the same as INLAY_ORIGIN");
  return faults;
}

function toEnv(vars: Variables): Env {
  const { INLAY_DEMO_ORIGIN: origin, INLAY_DEMO_SECRET_KEY: secretKey, INLAY_DEMO_WEBHOOK_SECRET: webhookSecret } = vars;
  const ownPort = new URL(vars.INLAY_ORIGIN).port;
  return {
    databaseUrl: vars.DATABASE_URL,
    origin: vars.INLAY_ORIGIN,
    host: vars.INLAY_HOST ?? null,
    port: vars.INLAY_PORT ?? (Number(ownPort) || 4600),
    dev: vars.INLAY_DEV,
    demo: vars.INLAY_DEMO && origin && secretKey && webhookSecret ? { origin, secretKey, webhookSecret } : null,
    keys: vars.INLAY_KEYS,
    authSecret: vars.NEXTAUTH_SECRET,
    temporal: {
      address: vars.TEMPORAL_ADDRESS,
      namespace: vars.TEMPORAL_NAMESPACE,
      tls: vars.TEMPORAL_TLS,
      apiKey: vars.TEMPORAL_API_KEY ?? null,
    },
    allowLoopback: vars.INLAY_ALLOW_LOOPBACK,
    simulatorOrigin: vars.INLAY_SIMULATOR_ORIGIN ?? null,
    smtpUrl: vars.SMTP_URL ?? null,
    mailFrom: vars.MAIL_FROM,
    logLevel: vars.LOG_LEVEL,
    home: vars.INLAY_HOME,
    legs: { ofCustomer: vars.INLAY_LEGS_PER_CUSTOMER, ofVendor: vars.INLAY_LEGS_PER_VENDOR },
    failpoint: vars.INLAY_FAILPOINT ?? null,
  };
}

/** Reads settings from `source` (normally the process's environment). Throws one {@link EnvError} naming every fault. */
export function readEnv(source: Readonly<Record<string, string | undefined>>): Env {
  // An empty variable is an absent one: that is what `FOO= command` and compose files mean by it.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = Variables.safeParse(given);
  const faults = parsed.success
    ? faultsBetween(parsed.data)
    : parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return given[name] === undefined ? `${name} is not set` : `${name} ${issue.message}`;
      });
  if (!parsed.success || faults.length > 0) {
    throw new EnvError(`The settings are not usable:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  }
  return toEnv(parsed.data);
}

const SLOT = Symbol.for("inlay.env");
type Slots = { [SLOT]?: Env };

/** This process's settings, read once. */
export function getEnv(): Env {
  const slots = globalThis as Slots;
  slots[SLOT] ??= readEnv(process.env);
  return slots[SLOT];
}
