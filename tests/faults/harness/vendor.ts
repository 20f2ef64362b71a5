import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { freePort } from "#tests/support/postgres";

type Change = {
  position: number;
  op: "created" | "updated" | "deleted";
  externalId: string;
  customerId: string;
  streamId: string;
  record: Record<string, unknown> | null;
};

export type Delivery = { id: string; at: number; proven: boolean; answered: number | "lost" };

/** What the vendor holds of one stream, from nothing but the feed. */
export type Replica = {
  records: Map<string, Record<string, unknown>>;
  told: Map<string, number>;
  created: Map<string, number>;
  customers: Set<string>;
};

/** How the vendor's endpoint behaves: the status it answers, after how long, or `null` to hang up without an answer. */
export type Manner = (delivery: { id: string; nth: number }) => Promise<number | null> | number | null;

/**
 * The vendor's own product, as far as it meets us: an endpoint that receives signed webhooks, checked by the reference library,
 * and a reader that follows `/v1/changes` all the time, whatever happens meanwhile.
 */
export async function startVendor({ door, secretKey, secret }: { door: string; secretKey: string; secret: string }) {
  const deliveries: Delivery[] = [];
  const replicas = new Map<string, Replica>();
  const faults: string[] = [];
  let manner: Manner = () => 204;
  let after = 0;
  let reads = 0;
  let refused = 0;
  let unavailable = 0;
  let going = true;

  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => void receive(Buffer.concat(chunks).toString(), req.headers as Record<string, string>, res));
  });
  async function receive(body: string, headers: Record<string, string>, res: import("node:http").ServerResponse) {
    const id = headers["webhook-id"] ?? "";
    const delivery: Delivery = { id, at: Date.now(), proven: proves(secret, body, headers), answered: "lost" };
    deliveries.push(delivery);
    if (!delivery.proven) faults.push(`delivery ${id} is not signed as it should be`);
    const status = await manner({ id, nth: deliveries.filter((one) => one.id === id).length });
    if (status === null) return void res.socket?.resetAndDestroy();
    delivery.answered = status;
    res.writeHead(status).end();
  }
  const port = await freePort();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));

  /** One page of the feed; false when nothing was new. */
  async function readOn(): Promise<boolean> {
    const answer = await fetch(`${door}/v1/changes?after=${after}&limit=1000`, {
      headers: { authorization: `Bearer ${secretKey}` },
      signal: AbortSignal.timeout(20_000),
    });
    reads++;
    if (answer.status === 503) {
      unavailable++;
      if (answer.headers.get("retry-after") === null) faults.push("a 503 of the feed without Retry-After");
    }
    if (!answer.ok) {
      refused++;
      return false;
    }
    const page = (await answer.json()) as { items: Change[]; next: number };
    for (const change of page.items) take(change);
    const moved = page.next > after;
    if (page.next < after) faults.push(`the feed went back from ${after} to ${page.next}`);
    after = page.next;
    return moved;
  }
  function take(change: Change): void {
    if (change.position <= after) faults.push(`position ${change.position} came after ${after}`);
    after = change.position;
    const replica = replicas.get(change.streamId) ?? { records: new Map(), told: new Map(), created: new Map(), customers: new Set() };
    replicas.set(change.streamId, replica);
    replica.customers.add(change.customerId);
    replica.told.set(change.externalId, (replica.told.get(change.externalId) ?? 0) + 1);
    if (change.op === "created") {
      // A record that comes back after it was deleted is new again.
      if (replica.records.has(change.externalId)) replica.created.set(change.externalId, (replica.created.get(change.externalId) ?? 1) + 1);
    }
    if (change.record === null) replica.records.delete(change.externalId);
    else replica.records.set(change.externalId, change.record);
  }
  const following = (async () => {
    while (going) {
      const more = await readOn().catch(() => false);
      if (!more) await sleep(150);
    }
  })();

  return {
    url: `http://127.0.0.1:${port}/hook`,
    deliveries,
    replicas,
    faults,
    counts: () => ({ reads, refused, unavailable, position: after }),
    behave(next: Manner) {
      manner = next;
    },
    /** Resolves when the reader stands at `position` or behind it. */
    async caughtUp(position: number, timeoutMs = 60_000): Promise<boolean> {
      for (const until = Date.now() + timeoutMs; after < position; await sleep(50)) if (Date.now() > until) return false;
      return true;
    },
    async stop() {
      going = false;
      await following;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function proves(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
