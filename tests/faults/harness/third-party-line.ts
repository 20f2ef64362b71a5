import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { freePort } from "#tests/support/postgres";

export type Answer = { status: number; headers: Record<string, string | string[]>; body: Buffer };
export type Asked = { method: string; path: string; key: string; url: URL; req: IncomingMessage; res: ServerResponse };

/** A misbehaviour: `answer` has the last word on a request it `meets`; null = the third party's own answer goes out after all. */
export type Lie = {
  meets(asked: Asked): boolean;
  /** How often it strikes; for ever without. */
  times?: number;
  answer(asked: Asked, truth: () => Promise<Answer>): Promise<Answer | "handled" | null>;
};

export type Noted = { at: number; method: string; path: string; key: string; status: number };

export type ThirdPartyLine = {
  origin: string;
  /** Every request that came, oldest first. */
  log: Noted[];
  /** From now on; the returned function ends it. */
  tell(lie: Lie): () => void;
  honest(): void;
  stop(): Promise<void>;
};

/** A line to the simulator that can lie: any answer can be replaced, bent or withheld, by account, path and count. Each request is noted. */
export async function startThirdPartyLine(target: string): Promise<ThirdPartyLine> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
  const log: Noted[] = [];
  let lies: (Lie & { left: number })[] = [];

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? "/", target);
    const key = String(req.headers["x-api-key"] ?? req.headers.authorization ?? "");
    const asked: Asked = { method: req.method ?? "GET", path: url.pathname, key, url, req, res };
    const note: Noted = { at: Date.now(), method: asked.method, path: asked.path, key, status: 0 };
    log.push(note);
    const sent = collect(req); // at once, so that a lie may leave the request alone
    const truth = async () => forward(agent, target, req, await sent);
    const lie = lies.find((one) => one.left > 0 && one.meets(asked));
    if (lie) lie.left--;
    const answer = (await lie?.answer(asked, truth)) ?? (await truth());
    if (answer === "handled") return;
    note.status = answer.status;
    const { connection: _c, "transfer-encoding": _t, "keep-alive": _k, ...headers } = answer.headers;
    res.writeHead(answer.status, { ...headers, "content-length": answer.body.length });
    res.end(answer.body);
  }
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    handle(req, res).catch(() => res.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${port}`,
    log,
    tell(lie) {
      const one = { ...lie, left: lie.times ?? Number.POSITIVE_INFINITY };
      lies.push(one);
      return () => {
        lies = lies.filter((each) => each !== one);
      };
    },
    honest() {
      lies = [];
    },
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      agent.destroy();
      return closed;
    },
  };
}

async function collect(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(agent: http.Agent, target: string, req: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = new URL(req.url ?? "/", target);
    const { connection: _, ...headers } = req.headers; // the host stays: addresses in answers lead back through here
    const up = http.request(
      { agent, host: url.hostname, port: url.port, path: url.pathname + url.search, method: req.method, headers },
      (answer) => {
        collect(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers as Answer["headers"], body: bytes }),
          reject,
        );
      },
    );
    up.once("error", reject);
    up.end(body);
  });
}
