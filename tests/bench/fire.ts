import { once } from "node:events";
import { connect, type Socket } from "node:net";

export type Fired = { rate: number; p50: number; p99: number; most: number; calls: number };

/** Keeps one connection busy until `until`; an answer is whole when its header and its declared length are here. */
async function keepBusy(port: number, until: number, request: () => Buffer, took: number[], statuses: Map<string, number>): Promise<void> {
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  let head = "";
  let missing = -1;
  let started = 0;
  const next = () => {
    if (performance.now() > until) return void socket.end();
    [head, missing] = ["", -1];
    started = performance.now();
    socket.write(request());
  };
  socket.on("data", (chunk: Buffer) => {
    if (missing < 0) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      missing = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0) - head.length;
    } else missing -= chunk.length;
    if (missing > 0) return;
    took.push(performance.now() - started);
    const status = head.slice(9, 12);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    next();
  });
  next();
  await once(socket, "close");
}

/** So many connections, each with one call under way at a time, over so many seconds. Throws when an answer is not 200. Times in ms. */
export async function fire(port: number, seconds: number, connections: number, request: () => Buffer): Promise<Fired> {
  const took: number[] = [];
  const statuses = new Map<string, number>();
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, () => keepBusy(port, started + seconds * 1_000, request, took, statuses)));
  const ms = performance.now() - started;
  if (statuses.size !== 1 || !statuses.has("200")) throw new Error(`answers: ${JSON.stringify([...statuses])}`);
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { rate: (took.length / ms) * 1_000, p50: at(0.5), p99: at(0.99), most: took.at(-1) ?? 0, calls: took.length };
}
