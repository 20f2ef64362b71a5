import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came over the wire. `host` is the host it was meant for, as a sandbox names it in the path. */
export type Asked = {
  method: string;
  host: string;
  path: string;
  query: URLSearchParams;
  search: string;
  headers: Record<string, string>;
  body: string;
};
export type Told = {
  status?: number;
  headers?: Record<string, string | string[]>;
  json?: unknown;
  text?: string;
  /** The connection is lost before the answer goes out: whatever was asked has been taken in. */
  cut?: boolean;
};

/** A small real HTTP server that plays third parties behind a sandbox origin: every request is kept, `answer` says what comes back. */
export async function startThirdParty(answer: (asked: Asked, n: number) => Told | Promise<Told>) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "/", "http://x");
    const [, host = "", ...rest] = url.pathname.split("/");
    const one: Asked = {
      method: request.method ?? "",
      host,
      path: `/${rest.join("/")}`,
      query: url.searchParams,
      search: url.search,
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    };
    asked.push(one);
    const { status = 200, headers = {}, json, text, cut } = await answer(one, asked.length);
    if (cut) {
      request.socket.destroy();
      return;
    }
    const type = text === undefined ? "application/json" : "text/plain";
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(text ?? JSON.stringify(json ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    origin,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export type ThirdParty = Awaited<ReturnType<typeof startThirdParty>>;
