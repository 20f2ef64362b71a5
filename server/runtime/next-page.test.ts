import { expect, test } from "vitest";
import { getManifest } from "#server/connectors/index";
import { nextPage } from "./next-page";
import { createSend } from "./send";

// SAP's CAP answers next addresses relative to its service, and whose service it is stands in a hole.
test("a next address is relative to the base URL as the connection fills it", async () => {
  const known = getManifest("sandbox-crm");
  const send = createSend({
    manifest: { ...known, http: { ...known.http, baseUrl: "https://{tenant}.example.com/odata/{service}" } },
    sandboxOrigin: null,
    clock: { now: () => new Date() },
    grants: {
      current: async () => ({ version: 1, values: { tenant: "acme", service: "shop" }, headers: {}, query: {} }),
      renew: () => Promise.reject(new Error("no")),
      condemn: () => Promise.reject(new Error("no")),
    },
    egress: async ({ url }) => ({
      status: 200,
      url,
      ms: 1,
      headers: { "content-type": "application/json" },
      body: Buffer.from('{"next":"Books?$skiptoken=50"}'),
    }),
  });
  const reply = await send({ method: "GET", path: "/Books" });
  const rows = { known: 0, all: 1, count: 50, first: "1", last: "50", lastValue: {} };
  const cursor = { rows: 0 } as Parameters<typeof nextPage>[1]["cursor"];
  expect(
    nextPage({ type: "link", next: "next", against: "base", stop: {} } as never, {
      reply,
      cursor,
      rows,
      base: known.http.baseUrl,
      idPath: "id",
    }),
  ).toBe("https://acme.example.com/odata/shop/Books?$skiptoken=50");
});
