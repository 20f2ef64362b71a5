import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { StandIn } from "./stand-in";

/** Puts a stand-in on a loopback port: `<origin>/<host>/<path>` reaches what stands for `https://<host>/<path>`. */
export async function serve(standIn: StandIn): Promise<{ origin: string; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(`https://${(request.url ?? "/").slice(1)}`);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = standIn.answer({ method: request.method ?? "GET", url, headers, body: Buffer.concat(chunks).toString() });
    if (answer.cut) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.bytes ?? answer.text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
