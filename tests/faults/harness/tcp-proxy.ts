import { connect, createServer, type Socket } from "node:net";
import { freePort } from "#tests/support/postgres";

/** What the proxy does with bytes from the client: let them through, keep them until `release`, or cut the line before or after they reached the server. */
export type Verdict = "pass" | "keep" | "cut_before" | "cut_after";

export type TcpProxy = {
  port: number;
  /** Nothing passes any more, in neither direction, on no connection; nobody is told. */
  blackhole(): void;
  /** What was held back flows again. */
  release(): void;
  /** Resets every connection. */
  cut(): void;
  /** Looks at what clients send; null = let all through. */
  inspect(look: ((bytes: Buffer) => Verdict) | null): void;
  stop(): Promise<void>;
};

/** A line of our own between a process and `target`, which can be cut, silenced and listened to. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let held = false;
  let look: ((bytes: Buffer) => Verdict) | null = null;
  let kept: [Socket, Buffer][] = [];

  const server = createServer((client) => {
    const upstream = connect(target);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", end).on("close", end);
      if (held) socket.pause();
    }
    client.on("data", (bytes) => {
      const verdict = look?.(bytes) ?? "pass";
      if (verdict === "cut_before") return void client.resetAndDestroy();
      if (verdict === "pass") return void upstream.write(bytes);
      if (verdict === "keep") {
        client.pause(); // nothing overtakes what is kept
        return void kept.push([upstream, bytes]);
      }
      // The answer must not get back, whatever it is: the server carries out what it was sent, and nobody hears of it.
      upstream.removeAllListeners("data");
      upstream.write(bytes, () => setTimeout(() => client.resetAndDestroy(), 50));
    });
    upstream.on("data", (bytes) => void client.write(bytes));
    if (held) for (const socket of pair) socket.pause();
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    port,
    blackhole() {
      held = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    release() {
      held = false;
      for (const [upstream, bytes] of kept) upstream.write(bytes);
      kept = [];
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    cut() {
      for (const [client] of pairs) client.resetAndDestroy();
    },
    inspect(next) {
      look = next;
    },
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const [client, upstream] of pairs) {
        client.destroy();
        upstream.destroy();
      }
      return closed;
    },
  };
}
