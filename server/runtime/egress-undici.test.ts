import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { isReachable } from "./address-guard";
import type { EgressRequest } from "./egress";
import { createEgress } from "./egress-undici";

/** 30 MB in a few dozen bytes; made beforehand, because making it takes longer than the tests wait. */
const BOMB = brotliCompressSync(Buffer.alloc(30_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
const get = (url: string, rest: Partial<EgressRequest> = {}): EgressRequest => ({ method: "GET", url, timeoutMs: 2_000, ...rest });
const codeOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error) => (isAppError(error) ? error.code : String(error)),
  );

describe("addresses", () => {
  const refused = [
    ["loopback", "127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"],
    ["private", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd00::1", "fc00::1", "::ffff:10.0.0.1"],
    ["link-local and metadata", "169.254.169.254", "fe80::1", "fec0::1", "fd00:ec2::254"],
    ["shared, unspecified, broadcast, multicast", "100.64.0.1", "0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "::", "ff02::1"],
    [
      "reserved and documentation",
      "240.0.0.1",
      "192.0.0.1",
      "192.0.2.1",
      "198.51.100.1",
      "203.0.113.1",
      "198.18.0.1",
      "192.88.99.1",
      "2001:db8::1",
      "3fff::1",
    ],
    ["translated and tunnelled", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::1", "::127.0.0.1", "100::1"],
    ["not an address", "localhost", "", "1.2.3", "0x7f.1"],
  ].flatMap(([kind, ...addresses]) => addresses.map((address) => [kind, address] as const));
  test.each(refused)("%s %s is refused", (_, address) => expect(isReachable(address, false)).toBe(false));
  test.each(["1.1.1.1", "8.8.8.8", "104.16.0.1", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8"])("%s is public", (address) =>
    expect(isReachable(address, false)).toBe(true),
  );
  test("loopback alone opens by configuration", () => {
    expect(isReachable("127.0.0.1", true)).toBe(true);
    expect(isReachable("::1", true)).toBe(true);
    expect(isReachable("10.0.0.1", true)).toBe(false);
    expect(isReachable("169.254.169.254", true)).toBe(false);
  });
});

describe("urls that are refused before a packet leaves", () => {
  const egress = createEgress({ allowLoopback: false, resolve: async () => [{ address: "127.0.0.1", family: 4 }] });
  const urls = [
    "http://example.com/", // plain http
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://0/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://example.com:443@169.254.169.254/",
    "https://user:secret@example.com/",
    "https://evil\\@127.0.0.1",
    "https://127.0.0.1\t/",
    "ht\ntps://127.0.0.1",
    "https://example.com:22/",
    "https://example.com:8080/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "ftp://example.com/",
    "data:text/plain,x",
    "blob:https://example.com/1",
    "unix:/var/run/docker.sock",
    "//example.com",
    "",
    "not a url",
    "https://localhost/",
    "https://foo.localhost/",
    "https://localhost./",
    "https://127.0.0.1.nip.io/",
    "https://metadata.google.internal/",
  ];
  test.each(urls)("%j", async (url) => expect(await codeOf(egress(get(url)))).toBe("config_invalid"));
});

describe("ports", () => {
  const egress = createEgress({ allowLoopback: false, resolve: async () => [{ address: "10.0.0.1", family: 4 }] });
  const wordsOf = (url: string, ports: number[]) =>
    egress(get(url, { ports })).then(
      () => "answered",
      (error: Error) => error.message,
    );
  test("one that is not open is told as such; one that was opened leads to public addresses only", async () => {
    expect(await wordsOf("https://sap.example:50000/", [44_300])).toBe(
      '"sap.example:50000" is on a port that is not open: requests go to 443, 8443, 44300.',
    );
    expect(await wordsOf("https://sap.example:50000/", [50_000])).toMatch(/does not lead to a public address/);
    expect(await wordsOf("https://127.0.0.1:50000/", [50_000])).toMatch(/does not lead to a public address/);
    expect(await wordsOf("http://sap.example:50000/", [50_000])).toMatch(/does not lead to a public address/);
  });
});

describe("names", () => {
  test.each([
    [
      "one private answer among public ones",
      [
        { address: "1.1.1.1", family: 4 },
        { address: "10.0.0.1", family: 4 },
      ],
    ],
    [
      "a private AAAA behind a public A",
      [
        { address: "1.1.1.1", family: 4 },
        { address: "fd00::1", family: 6 },
      ],
    ],
    ["no answer at all", []],
  ])("%s refuses the name", async (_, answers) => {
    const egress = createEgress({ allowLoopback: false, resolve: async () => answers });
    expect(await codeOf(egress(get("https://rebinding.example/")))).toBe("config_invalid");
  });
  test("a name that does not resolve is trouble, not a verdict", async () => {
    const egress = createEgress({
      allowLoopback: false,
      resolve: async () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })),
    });
    expect(await codeOf(egress(get("https://nowhere.example/")))).toBe("provider_unavailable");
  });
});

describe("against a server on loopback", () => {
  let server: Server;
  let other: Server;
  let base = "";
  let elsewhere = "";
  const seen: IncomingMessage[] = [];
  const routes: Record<string, (req: IncomingMessage, res: ServerResponse) => void> = {
    "/ok": (_, res) => res.setHeader("content-type", "application/json").end('{"ok":true}'),
    "/to-other": (_, res) => res.writeHead(302, { location: `${elsewhere}/ok` }).end(),
    "/to-self": (_, res) => res.writeHead(307, { location: "/ok" }).end(),
    "/to-metadata": (_, res) => res.writeHead(302, { location: "http://169.254.169.254/latest" }).end(),
    "/loop": (_, res) => res.writeHead(302, { location: "/loop" }).end(),
    "/big": (_, res) => res.end(Buffer.alloc(300_000)),
    "/endless": (_, res) => void setInterval(() => res.write("x".repeat(1_000)), 5).unref(),
    "/slow": () => {},
    "/cut": (_, res) => res.writeHead(200, { "content-length": "100" }).write("half", () => res.destroy()),
    "/gzip": (_, res) => res.setHeader("content-encoding", "gzip").end(gzipSync('{"packed":1}')),
    "/bomb": (_, res) => res.setHeader("content-encoding", "br").end(BOMB),
    "/double": (_, res) => res.setHeader("content-encoding", "gzip, gzip").end(gzipSync(gzipSync("x"))),
  };
  const listen = async () => {
    const made = createServer((req, res) => {
      seen.push(req);
      (routes[req.url ?? ""] ?? ((_, r) => r.writeHead(404).end()))(req, res);
    });
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
    return made;
  };
  beforeAll(async () => {
    [server, other] = [await listen(), await listen()];
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    elsewhere = `http://localhost:${(other.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    for (const one of [server, other]) {
      one.closeAllConnections();
      one.close();
    }
  });
  const egress = createEgress({ allowLoopback: true });

  test("an answer comes whole, and loopback needs the setting", async () => {
    const answer = await egress(get(`${base}/ok`));
    expect([answer.status, answer.body.toString(), answer.headers["content-type"]]).toEqual([200, '{"ok":true}', "application/json"]);
    expect(await codeOf(createEgress({ allowLoopback: false })(get(`${base}/ok`)))).toBe("config_invalid");
  });
  test("a redirect is returned, unless asked for; then credentials stay with their host", async () => {
    expect((await egress(get(`${base}/to-other`))).status).toBe(302);
    seen.length = 0;
    const headers = { authorization: "Bearer s", "x-api-key": "s", cookie: "s", accept: "application/json" };
    expect((await egress(get(`${base}/to-other`, { redirects: 3, headers }))).status).toBe(200);
    expect([seen[0]?.headers.authorization, seen[0]?.headers["x-api-key"]]).toEqual(["Bearer s", "s"]);
    const last = seen.at(-1)?.headers ?? {};
    expect([last.authorization, last["x-api-key"], last.cookie, last.accept]).toEqual([
      undefined,
      undefined,
      undefined,
      "application/json",
    ]);
    seen.length = 0;
    await egress(get(`${base}/to-self`, { redirects: 1, headers }));
    expect(seen.at(-1)?.headers["x-api-key"]).toBe("s");
  });
  test("a redirect inside is refused, a circle ends, a body does not travel on", async () => {
    expect(await codeOf(egress(get(`${base}/to-metadata`, { redirects: 3 })))).toBe("config_invalid");
    expect((await egress(get(`${base}/loop`, { redirects: 30 }))).status).toBe(302);
    routes["/keep"] = (_, res) => res.writeHead(307, { location: `${elsewhere}/ok` }).end();
    expect(await codeOf(egress({ ...get(`${base}/keep`, { redirects: 3 }), method: "POST", body: "secret" }))).toBe(
      "provider_invalid_response",
    );
  });
  test("limits hold in bytes and in time", async () => {
    expect(await codeOf(egress(get(`${base}/big`, { limitBytes: 100_000 })))).toBe("provider_invalid_response");
    expect(await codeOf(egress(get(`${base}/endless`, { limitBytes: 20_000 })))).toBe("provider_invalid_response");
    expect(await codeOf(egress(get(`${base}/slow`, { timeoutMs: 100 })))).toBe("provider_unavailable");
    expect(await codeOf(egress(get(`${base}/endless`, { timeoutMs: 100 })))).toBe("provider_unavailable");
    expect(await codeOf(egress(get(`${base}/cut`)))).toBe("provider_unavailable");
    expect(await codeOf(egress(get("http://127.0.0.1:1/")))).toBe("provider_unavailable");
  });
  test("compressed answers unfold, bombs do not", async () => {
    expect((await egress(get(`${base}/gzip`))).body.toString()).toBe('{"packed":1}');
    expect(await codeOf(egress(get(`${base}/bomb`)))).toBe("provider_invalid_response");
    expect(await codeOf(egress(get(`${base}/double`)))).toBe("provider_invalid_response");
  });
  test("the caller's signal ends it with the caller's reason", async () => {
    const reason = new Error("cancelled");
    await expect(egress(get(`${base}/slow`, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = egress(get(`${base}/slow`, { signal: controller.signal }));
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
  test("headers cannot be smuggled and hosts cannot be impersonated", async () => {
    for (const key of ["abc\r\nX-Admin: 1", "a\u0000b", "ключ"]) {
      expect(await codeOf(egress(get(`${base}/ok`, { headers: { "x-api-key": key } })))).toBe("config_invalid");
    }
    seen.length = 0;
    await egress(get(`${base}/ok`, { headers: { Host: "internal", "Transfer-Encoding": "chunked", Upgrade: "h2c" } }));
    expect(seen[0]?.headers.host).toBe(new URL(base).host);
    expect(seen[0]?.headers.upgrade).toBeUndefined();
  });
  test("no proxy from the environment", async () => {
    process.env["HTTP_PROXY"] = process.env["HTTPS_PROXY"] = "http://127.0.0.1:1";
    expect((await createEgress({ allowLoopback: true })(get(`${base}/ok`))).status).toBe(200);
  });
});
