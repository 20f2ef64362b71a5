// One contender of feed.bench.ts, in a process of its own: `bare` or `product`. Tells its port on stdout.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";
import { readEnv } from "#server/env";
import { createDoor } from "#server/http/door";
import { hashToken } from "#server/lib/tokens";
import { testDeps } from "#tests/support/world";

const [kind = "bare", databaseUrl = ""] = process.argv.slice(2);

/** What plain node:http and Postgres can do: the key, a hundred changes behind a position with their records, as JSON. No scope, no limits. */
async function bare(): Promise<RequestListener> {
  const sql = postgres(databaseUrl, { max: 10, onnotice: () => {} });
  const keys = new Set((await sql`select secret_hash from api_keys`).map((row) => String(row["secret_hash"])));
  return (incoming, outgoing) => {
    if (!keys.has(hashToken(String(incoming.headers.authorization).replace("Bearer ", "")))) return void outgoing.writeHead(401).end();
    const query = new URL(incoming.url ?? "/", "http://x").searchParams;
    const [after, limit] = [query.get("after") ?? "0", query.get("limit") ?? "100"];
    sql
      .unsafe(
        `select b.seq, b.action, b.external_id, b.at, r.data from bare_changes b left join bare_records r on r.external_id = b.external_id
          where b.seq > $1::text::bigint order by b.seq limit $2::text::int`,
        [after, limit],
        { prepare: true },
      )
      .then(
        (rows) => {
          const data = rows.map((row) => ({
            position: Number(row["seq"]),
            op: row["action"],
            externalId: row["external_id"],
            at: row["at"],
            record: row["data"],
          }));
          const body = JSON.stringify({ items: data, next: data.at(-1)?.position ?? Number(after) });
          outgoing.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
        },
        (error: unknown) => outgoing.writeHead(503).end(String(error)),
      );
  };
}

function product(): RequestListener {
  const env = readEnv({
    ...{
      DATABASE_URL: databaseUrl,
      INLAY_ORIGIN: "https://app.inlay.example",
      NEXTAUTH_SECRET: "s".repeat(32),
      SMTP_URL: "smtp://127.0.0.1:25",
    },
    INLAY_KEYS: `t1:${Buffer.alloc(32, 7).toString("base64")}`,
  });
  return createDoor(testDeps(databaseUrl), env, async (_, outgoing) => void outgoing.writeHead(404).end());
}

const server = createServer(kind === "product" ? product() : await bare());
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
