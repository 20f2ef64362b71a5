import { describe, expect, test } from "vitest";
import type { Told } from "#tests/support/third-party";
import { type Auth, usingAuth } from "#tests/support/using-auth";

const t = usingAuth();

describe("logins", () => {
  const fields = [
    { key: "email", title: "E-mail" },
    { key: "password", title: "Password", secret: true },
  ];
  const given = { email: "a@b.example", password: 'p"w&<d' };
  test("JSON in, token and its days out", async () => {
    t.answers(({ path }) => (path === "/auth/login" ? { json: { data: { token: "tk" } } } : { json: { items: [] } }));
    const auth: Auth = {
      type: "login",
      title: "Login",
      fields,
      lifetimeMs: 864_000_000,
      steps: [
        {
          call: { url: "https://api.tiny.example/auth/login", json: { email: "{email}", password: "{password}" } },
          take: { token: { at: "data.token" } },
        },
      ],
      headers: { authorization: "Bearer {token}" },
    };
    const { last, lifetimeMs } = await t.use(auth, given);
    expect([t.party.asked[0]?.body, t.party.asked[0]?.headers["content-type"]]).toEqual([
      '{"email":"a@b.example","password":"p\\"w&<d"}',
      "application/json",
    ]);
    expect([last.headers["authorization"], lifetimeMs]).toEqual(["Bearer tk", 864_000_000]);
  });
  test("form in, session cookies out, and all of them go back", async () => {
    t.answers(({ path }) =>
      path === "/login"
        ? {
            json: { SessionTimeout: 30 },
            headers: {
              "set-cookie": ["B1SESSION=abc-1; Path=/b1s/v1; HttpOnly", "ROUTEID=.node2; expires=Wed, 21 Oct 2026 07:28:00 GMT; path=/"],
            },
          }
        : { json: { items: [] } },
    );
    const auth: Auth = {
      type: "login",
      title: "Login",
      fields,
      expires: { value: "timeout", as: "seconds" },
      steps: [
        {
          call: { url: "https://api.tiny.example/login", form: { user: "{email}", pass: "{password}" } },
          take: { session: { from: "cookies" }, timeout: { at: "SessionTimeout" } },
        },
      ],
      headers: { cookie: "{session}" },
    };
    const { last, lifetimeMs } = await t.use(auth, given);
    expect([t.party.asked[0]?.body, last.headers["cookie"], lifetimeMs]).toEqual([
      "user=a%40b.example&pass=p%22w%26%3Cd",
      "B1SESSION=abc-1; ROUTEID=.node2",
      30_000,
    ]);
  });
  test("a no in the text of a 500 is the person's to correct; any other 500 is trouble", async () => {
    const fault = (text: string): Told => ({
      status: 500,
      headers: { "content-type": "text/xml" },
      text: `<Fault><faultstring>${text}</faultstring></Fault>`,
    });
    const auth: Auth = {
      type: "login",
      title: "Login",
      fields,
      steps: [
        {
          call: { url: "https://api.tiny.example/soap", text: { type: "text/xml", body: "<login>{email}</login>" } },
          take: { session: { from: "text", pattern: "<sessionId>([^<]+)" } },
          refusedText: "<faultstring>(INVALID_LOGIN[^<]*)",
        },
      ],
      headers: { authorization: "{session}" },
    };
    t.answers(() => fault("INVALID_LOGIN: Invalid username"));
    await expect(t.use(auth, given)).rejects.toMatchObject({
      code: "reauth_required",
      message: expect.stringContaining("INVALID_LOGIN: Invalid username"),
    });
    t.answers(() => fault("SERVER_UNAVAILABLE"));
    await expect(t.use(auth, given)).rejects.toMatchObject({ code: "provider_unavailable" });
  });
  test("two steps: what the first gives, the second sends; the host comes out of the answer within its pattern", async () => {
    t.answers(({ path, host }) => {
      if (path === "/soap")
        return {
          text: `<r><serverUrl>https://${host === "login.tiny.example" ? "na7" : "x"}.tiny.example/s</serverUrl><sessionId>00D!x</sessionId></r>`,
        };
      return path === "/token" ? { json: { t: "two" }, headers: { "x-csrf": "c1" } } : { json: { items: [] } };
    });
    const auth: Auth = {
      type: "login",
      title: "Login",
      fields,
      steps: [
        {
          call: {
            url: "https://login.tiny.example/soap",
            text: { type: "text/xml", body: "<login><u>{email}</u><p>{password}</p></login>" },
          },
          take: {
            server: { from: "text", pattern: "<serverUrl>https://(?<instance>[a-z0-9]+)\\.tiny\\.example/" },
            sid: { from: "text", pattern: "<sessionId>([^<]+)" },
          },
        },
        {
          call: { method: "GET", url: "https://{instance}.tiny.example/token", headers: { "x-sid": "{sid}" } },
          take: { t: {}, csrf: { from: "header", at: "X-CSRF" } },
        },
      ],
      headers: { "x-session": "{sid}", "x-token": "{t}", "x-csrf": "{csrf}" },
    };
    const { last } = await t.use(auth, given, { http: { baseUrl: "https://{instance}.tiny.example/api" } });
    expect(t.party.asked[0]?.body).toBe("<login><u>a@b.example</u><p>p&quot;w&amp;&lt;d</p></login>");
    expect([t.party.asked[1]?.host, t.party.asked[1]?.headers["x-sid"]]).toEqual(["na7.tiny.example", "00D!x"]);
    expect(last).toMatchObject({
      host: "na7.tiny.example",
      path: "/api/things",
      headers: { "x-session": "00D!x", "x-token": "two", "x-csrf": "c1" },
    });
  });
  test.each<[Told, string]>([
    [{ status: 401, json: { message: "wrong password" } }, "Tiny answered 401, wrong password"],
    [{ status: 200, json: { ok: false, message: "locked" } }, "Tiny answered 200, locked"],
  ])("a no is a no, also with status 200: %j", async (told, message) => {
    t.answers(() => told);
    const auth: Auth = {
      type: "login",
      title: "L",
      fields,
      steps: [{ call: { url: "https://api.tiny.example/login", form: {} }, take: { token: {} }, refused: [{ path: "ok", equals: false }] }],
      headers: { "x-t": "{token}" },
    };
    await expect(t.use(auth, given)).rejects.toMatchObject({ code: "reauth_required", message });
  });
});
