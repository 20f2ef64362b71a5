import { afterEach, describe, expect, test } from "vitest";
import { startThirdParty, type ThirdParty, type Told } from "#tests/support/third-party";
import { CREATE, KEYED, type Writes, writeThings } from "#tests/support/writing";

let third: ThirdParty;
afterEach(() => third.stop());

type Write = Parameters<typeof writeThings>;
const write = (writes: Write[1], operation: Write[2], items: Write[3]) => writeThings(third.origin, writes, operation, items);
const ada = { data: { email: "ada@acme.example", name: "Ada" } };

describe("batches", () => {
  const batch = {
    request: { method: "POST" as const, path: "/things/batch", body: { inputs: "{items}" } },
    item: { ref: "{ref}", "...": "{data}" },
    size: 3,
  };
  const results = {
    list: "results",
    by: "key" as const,
    key: "ref",
    itemKey: "ref",
    id: "id",
    errors: "errors",
    errorKey: "context.ref",
    error: "message",
  };
  const people = (count: number) => Array.from({ length: count }, (_, n) => ({ data: { email: `p${n + 1}@acme.example` } }));

  test("207: each record gets its own result, in its own place; what is not named is unknown", async () => {
    third = await startThirdParty(() => ({
      status: 207,
      json: {
        results: [
          { ref: "3", id: "c" },
          { ref: "1", id: "a" },
        ],
        errors: [{ message: "no such email", context: { ref: ["2"] } }],
      },
    }));
    expect(await write({ create: { ...CREATE, batch: { ...batch, results, size: 4 } } }, "create", people(4))).toMatchObject([
      { outcome: "done", id: "a" },
      { outcome: "refused", message: "Tiny refused this: no such email" },
      { outcome: "done", id: "c" },
      { outcome: "unknown" },
    ]);
  });
  test("by order: fewer results than records prove nothing", async () => {
    third = await startThirdParty(() => ({ json: { results: [{ id: "a" }] } }));
    const byOrder = { ...batch, results: { list: "results", id: "id" } };
    expect(await write({ create: { ...CREATE, batch: byOrder } }, "create", people(2))).toMatchObject([
      { outcome: "unknown" },
      { outcome: "unknown" },
    ]);
  });
  test("larger ones are cut, and no record stands twice in one", async () => {
    third = await startThirdParty(({ body }) => {
      const { inputs = [] } = JSON.parse(body) as { inputs?: unknown[] };
      return { json: { results: inputs.map(() => ({ id: "x" })) } };
    });
    const update = {
      request: { method: "PATCH" as const, path: "/things/{id}", body: "{data}" },
      batch: { ...batch, item: { id: "{id}", "...": "{data}" }, results: { list: "results", id: "id" } },
    };
    const ids = ["1", "2", "3", "4", "4", "5", "4", "6"];
    await write(
      { update },
      "update",
      ids.map((id) => ({ id, data: { name: "n" } })),
    );
    const sent = third.asked.map(({ body, path }) =>
      path === "/things/batch" ? (JSON.parse(body) as { inputs: { id: string }[] }).inputs.map((one) => one.id) : path,
    );
    expect(sent).toEqual([["1", "2", "3"], "/things/4", ["4", "5"], ["4", "6"]]);
  });
  test("refused as a whole, each goes by itself: one wrong record stops no other", async () => {
    let n = 0;
    third = await startThirdParty(({ path, body }) => {
      if (path === "/things/batch" || body.includes("p2@")) return { status: 400, json: { message: "p2 is wrong" } };
      return { json: { id: String(++n) } };
    });
    expect(await write({ create: { ...CREATE, batch: { ...batch, results } } }, "create", people(3))).toMatchObject([
      { outcome: "done", id: "1" },
      { outcome: "refused" },
      { outcome: "done", id: "2" },
    ]);
  });
  test("lost after it was done: the same batch again under one key makes nothing twice", async () => {
    const made = new Map<string, string[]>();
    let n = 0;
    third = await startThirdParty(({ headers, body }) => {
      const key = headers["idempotency-key"] ?? "";
      const { inputs } = JSON.parse(body) as { inputs: unknown[] };
      const ids = made.get(key) ?? inputs.map((_, i) => `${made.size}-${i}`);
      made.set(key, ids);
      return ++n === 1 ? { cut: true } : { json: { results: ids.map((id) => ({ id })) } };
    });
    const create = { ...CREATE, once: KEYED, batch: { ...batch, results: { list: "results", id: "id" } } };
    expect(await write({ create }, "create", people(3))).toMatchObject([{ id: "0-0" }, { id: "0-1" }, { id: "0-2" }]);
    expect(made.size).toBe(1);
    // A worker that died in between sends the very same batch.
    await write(
      { create },
      "create",
      people(3).map((one) => ({ ...one, again: true })),
    );
    expect(made.size).toBe(1);
  });
});

describe("protocols", () => {
  test("a form with brackets", async () => {
    third = await startThirdParty(() => ({ json: { id: "cus_1" } }));
    const request = {
      method: "POST" as const,
      path: "/customers",
      body: { email: "{data.email}", metadata: { by: "us" }, items: [{ price: "{data.amount}" }] },
      protocol: { type: "form" as const },
    };
    expect(await write({ create: { request, id: "id" } }, "create", [{ data: { email: "a+b@acme.example", amount: 5 } }])).toMatchObject([
      { id: "cus_1" },
    ]);
    expect(decodeURIComponent(third.asked[0]?.body ?? "")).toBe("email=a+b@acme.example&metadata[by]=us&items[0][price]=5");
    expect(third.asked[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });
  test("a GraphQL mutation: userErrors in 200 are a refusal, its document is left alone", async () => {
    let n = 0;
    third = await startThirdParty(() => ({
      json: {
        data: {
          make:
            ++n === 1
              ? { thing: null, userErrors: [{ field: ["input", "email"], message: "Email is invalid" }] }
              : { thing: { id: "gid://1" }, userErrors: [] },
        },
      },
    }));
    const query = "mutation($input: In!) { make(input: $input) { thing { id } userErrors { field message } } }";
    const create: Writes["create"] = {
      request: { method: "POST", path: "/graphql", body: { query, variables: { input: "{data}" } }, protocol: { type: "graphql" } },
      id: "data.make.thing.id",
      refused: { path: "data.make.userErrors", message: "data.make.userErrors.0.message", field: "data.make.userErrors.0.field" },
    };
    expect(await write({ create }, "create", [ada])).toEqual([
      { outcome: "refused", code: "record_invalid", message: "Tiny refused this: Email is invalid", field: "input.email" },
    ]);
    expect(await write({ create }, "create", [ada])).toMatchObject([{ outcome: "done", id: "gid://1" }]);
    expect(JSON.parse(third.asked[0]?.body ?? "{}")).toEqual({ query, variables: { input: ada.data } });
  });
  test("a SOAP create: done, refused inside 200, and a fault that comes with 500", async () => {
    const envelope = (inner: string) =>
      `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;
    const answers = [
      { text: envelope("<createResponse><result><id>003A</id><success>true</success></result></createResponse>") },
      {
        text: envelope(
          "<createResponse><result><errors><fields>Email</fields><message>bad &amp; ugly</message></errors><success>false</success></result></createResponse>",
        ),
      },
      { status: 500, text: envelope("<s:Fault><faultcode>x</faultcode><faultstring>INVALID_TYPE</faultstring></s:Fault>") },
    ];
    third = await startThirdParty((_asked, n) => ({ headers: { "content-type": "text/xml" }, ...(answers[n - 1] as Told) }));
    const result = "Envelope.Body.createResponse.result";
    const create: Writes["create"] = {
      request: {
        method: "POST",
        path: "/soap",
        body: { create: { sObjects: { "@type": "Contact", "...": "{data}" } } },
        protocol: { type: "soap", namespace: "urn:partner" },
      },
      id: `${result}.id`,
      refused: { path: `${result}.success`, equals: "false", message: `${result}.errors.0.message`, field: `${result}.errors.0.fields` },
    };
    const three: unknown[] = [];
    for (let n = 0; n < 3; n++) three.push(...(await write({ create }, "create", [{ data: { email: "a&b" } }])));
    expect(three).toMatchObject([
      { outcome: "done", id: "003A" },
      { outcome: "refused", message: "Tiny refused this: bad & ugly", field: "Email" },
      { outcome: "refused", message: expect.stringContaining("INVALID_TYPE") },
    ]);
    expect(third.asked[0]?.body).toContain('<create><sObjects type="Contact"><email>a&amp;b</email></sObjects></create>');
  });
  test("an id in the Location header, and one in the words of a conflict", async () => {
    let n = 0;
    third = await startThirdParty(() =>
      ++n === 1
        ? { status: 201, text: "", headers: { location: "https://x.example/v1/things(12)" } }
        : { status: 409, json: { message: "Contact exists. Existing ID: 151" } },
    );
    const create = { ...CREATE, id: { header: "location" }, also: [{ status: 409, id: "message", pattern: "Existing ID: (\\d+)" }] };
    expect(await write({ create }, "create", [ada])).toMatchObject([{ outcome: "done", id: "12", created: true }]);
    expect(await write({ create }, "create", [ada])).toMatchObject([{ outcome: "done", id: "151", created: false }]);
  });
});
