import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { drainTiny, openTiny, startTiny, type Told, tinyManifest } from "#tests/support/tiny-source";
import { at } from "../paths";
import { passwordDigest } from "./soap";
import { parseXml } from "./xml";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const envelope = (inner: string): Told => ({
  headers: { "content-type": "text/xml; charset=utf-8" },
  body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`,
});
const soap = {
  protocol: { type: "soap", namespace: "urn:partner" },
  list: { method: "POST", path: "/soap", body: { query: { queryString: "SELECT Id FROM Contact" } } },
  id: "Id",
};
const read = (manifest: ReturnType<typeof tinyManifest>) => drainTiny(() => openTiny(tiny.origin, manifest));
const fault = (manifest: ReturnType<typeof tinyManifest>) =>
  read(manifest).then(
    () => null,
    (error) => (isAppError(error) ? error : Promise.reject(error)),
  );

test("further pages by another operation, whose answer has another name", async () => {
  const page = (name: string, id: string, rest: string) =>
    envelope(`<${name}><result>${rest}<records><Id>${id}</Id></records></result></${name}>`);
  tiny.state.asked.length = 0;
  tiny.state.answer = ({ body }) =>
    body.includes("<queryMore>")
      ? page(
          "queryMoreResponse",
          "004",
          "<done>true</done><queryLocator xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:nil='true'/>",
        )
      : page("queryResponse", "003", "<done>false</done><queryLocator>01g-2000</queryLocator>");
  const paged = {
    ...soap,
    protocol: { ...soap.protocol, unwrap: true },
    pagination: { type: "cursor", next: "result.queryLocator", stop: { done: "result.done" } },
    onward: { method: "POST", path: "/soap", body: { queryMore: { queryLocator: "{page}" } } },
    records: "result.records",
  };
  expect((await read(tinyManifest(paged))).ids).toEqual(["003", "004"]);
  expect(parseXml(tiny.state.asked.at(-1)?.body ?? "")).toMatchObject({
    Envelope: { Body: { queryMore: { queryLocator: "01g-2000" } } },
  });
  for (const answer of ["<s:Fault><faultstring>INVALID_QUERY_LOCATOR</faultstring></s:Fault>", "", "<a/><b/>"]) {
    tiny.state.answer = () => envelope(answer);
    expect((await fault(tinyManifest(paged)))?.code).toBe("provider_invalid_response");
  }
});

test("WS-Security: a digest of the password, another one each time, and the password nowhere", async () => {
  tiny.state.asked.length = 0;
  tiny.state.answer = () => envelope("<r><result><records><Id>1</Id></records></result></r>");
  const usernameToken = { username: "{user}", password: "{password}" };
  const manifest = tinyManifest({ ...soap, protocol: { ...soap.protocol, usernameToken }, records: "Envelope.Body.r.result.records" });
  for (let n = 0; n < 2; n++)
    await drainTiny(() => openTiny(tiny.origin, manifest, Date.now(), { user: "ann & co", password: "pass<word" }));
  const tokens = tiny.state.asked.map(({ body }) => {
    expect(body).not.toContain("pass&lt;word");
    const token = at(parseXml(body), "Envelope.Header.Security.UsernameToken");
    const of = (path: string) => String(at(token, path));
    // OASIS WSS UsernameToken Profile 1.1, 3.1: Base64(SHA-1(nonce + created + password)).
    const nonce = Buffer.from(of("Nonce.#text"), "base64");
    const wanted = createHash("sha1")
      .update(Buffer.concat([nonce, Buffer.from(`${of("Created")}pass<word`)]))
      .digest("base64");
    expect([of("Username"), of("Password.#text")]).toEqual(["ann & co", wanted]);
    expect(of("Password.@Type")).toMatch(/#PasswordDigest$/);
    return of("Nonce.#text");
  });
  expect(new Set(tokens).size).toBe(2);
  expect(passwordDigest(Buffer.from("abc"), "2026", "x")).toBe(createHash("sha1").update("abc2026x").digest("base64"));
});
