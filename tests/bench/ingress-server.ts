// One contender of ingress.bench.ts, in a process of its own: `bare`, `bare-group` or `product`. Tells its port on stdout.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";
import { createGroup } from "#server/domains/inbox/group-commit";
import { readEnv } from "#server/env";
import { createDoor } from "#server/http/door";
import { testDeps } from "#tests/support/world";

const [kind = "bare", databaseUrl = "", origin = "", secret = ""] = process.argv.slice(2);

type Event = { id: string; body: string };

/** What plain node:http and Postgres can do: HMAC over the raw bytes, the time, dedupe by event id, one durable insert a call. */
function bare(grouped: boolean): RequestListener {
  const sql = postgres(databaseUrl, { max: grouped ? 1 : 10, onnotice: () => {} });
  const one = (event: Event) =>
    sql.unsafe("insert into bare_inbox (event_id, payload) values ($1, $2::jsonb) on conflict do nothing", [event.id, event.body], {
      prepare: true,
    });
  const US = "\u001f";
  const many = async (events: readonly Event[]) => {
    await sql.unsafe(
      "insert into bare_inbox (event_id, payload) select u.id, u.body::jsonb from unnest(string_to_array($1, E'\\x1f'), string_to_array($2, E'\\x1f')) as u(id, body) on conflict do nothing",
      [events.map((event) => event.id).join(US), events.map((event) => event.body).join(US)],
      { prepare: true },
    );
    return events.map(() => true);
  };
  const group = createGroup({
    write: many,
    sizeOf: (event: Event) => event.body.length,
    mostItems: 500,
    mostBytes: 8e6,
    mostWaitingBytes: 1e9,
    patienceMs: 30_000,
  });
  const store = grouped ? (event: Event) => group.add(event) : one;
  return (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const raw = Buffer.concat(chunks);
      const ts = String(incoming.headers["x-hubspot-request-timestamp"]);
      const given = Buffer.from(String(incoming.headers["x-hubspot-signature-v3"]), "base64");
      const wanted = createHmac("sha256", secret).update(`POST${origin}${incoming.url}`).update(raw).update(ts).digest();
      const proven = given.length === wanted.length && timingSafeEqual(given, wanted) && Math.abs(Date.now() - Number(ts)) < 300_000;
      if (!proven) return void outgoing.writeHead(401).end();
      const body = raw.toString();
      const [event] = JSON.parse(body) as [{ eventId: number }];
      store({ id: String(event.eventId), body }).then(
        () => outgoing.writeHead(200, { "content-length": 0 }).end(),
        () => outgoing.writeHead(503, { "content-length": 0 }).end(),
      );
    });
  };
}

function product(): RequestListener {
  const env = readEnv({
    DATABASE_URL: databaseUrl,
    INLAY_ORIGIN: origin,
    INLAY_KEYS: `t1:${Buffer.alloc(32, 7).toString("base64")}`,
    NEXTAUTH_SECRET: "s".repeat(32),
    SMTP_URL: "smtp://127.0.0.1:25",
  });
  const deps = testDeps(databaseUrl);
  return createDoor({ ...deps, config: { ...deps.config, origin } }, env, async (_, outgoing) => void outgoing.writeHead(404).end());
}

const server = createServer(kind === "product" ? product() : bare(kind === "bare-group"));
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
