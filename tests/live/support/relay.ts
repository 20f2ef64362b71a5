import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came from us. `path` without the host in front of it, with the query. */
export type Passed = { method: string; host: string; path: string; status: number };

/** What a system gets to see of a request: a relay may change what its stand-in is known not to understand. */
export type Onward = { method: string; path: string; headers: Record<string, string | string[] | undefined>; body: Buffer };
export type Answered = { status: number; json: unknown };
export type Rule = (onward: Onward, host: string) => Onward | Answered;

/**
 * Stands where a sandbox origin points to: `/<host>/<path>` goes on to `target` as `/<path>`, with the host in its header as if the
 * system were reached under its own name. It answers nothing itself unless a rule says so; each rule is named in the report.
 */
export async function startRelay(rule: Rule = (onward) => onward) {
  const passed: Passed[] = [];
  let target: URL | null = null;

  const server = createServer(async (incoming, outgoing) => {
    const [, host = "", ...rest] = (incoming.url ?? "/").split("/");
    const { host: _ours, connection: _connection, "content-length": _length, ...headers } = incoming.headers;
    const onward: Onward = { method: incoming.method ?? "GET", path: `/${rest.join("/")}`, headers, body: await bodyOf(incoming) };
    const note = (status: number) => passed.push({ method: onward.method, host, path: onward.path, status });
    const ruled = rule(onward, host);
    if ("json" in ruled) {
      note(ruled.status);
      outgoing.writeHead(ruled.status, { "content-type": "application/json" }).end(JSON.stringify(ruled.json));
      return;
    }
    if (target === null) throw new Error("the relay has nowhere to go");
    const there = request(new URL(ruled.path, target), {
      method: ruled.method,
      headers: { ...ruled.headers, host, "x-forwarded-proto": "https", "content-length": ruled.body.length },
    });
    there.on("response", (answer) => {
      note(answer.statusCode ?? 0);
      outgoing.writeHead(answer.statusCode ?? 502, underTls(answer.headers, host));
      answer.pipe(outgoing);
    });
    there.on("error", () => outgoing.destroy());
    there.end(ruled.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    passed,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Where it all goes: the system's own address. */
    to(address: string) {
      target = new URL(address);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export type Relay = Awaited<ReturnType<typeof startRelay>>;

/** Where an address of the system's own stands in a header, TLS has ended here: what every proxy in front of a server does. */
function underTls(headers: IncomingHttpHeaders, host: string): IncomingHttpHeaders {
  const mended = Object.entries({ link: headers.link, location: headers.location })
    .filter((pair): pair is [string, string] => typeof pair[1] === "string")
    .map(([name, value]) => [name, value.replaceAll(`http://${host}/`, `https://${host}/`)]);
  return { ...headers, ...Object.fromEntries(mended) };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
