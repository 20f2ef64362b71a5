import { describe, expect, test } from "vitest";
import { tinyManifest } from "#tests/support/tiny-manifest";
import type { Auth } from "#tests/support/using-auth";

const http = (baseUrl: string) => ({ http: { baseUrl, errorMessage: "message", rateLimit: { defaultWaitMs: 1 } } });
const faults = (auth: Auth, baseUrl = "https://api.tiny.example"): string[] => {
  try {
    tinyManifest({ it: auth }, http(baseUrl));
    return [];
  } catch (error) {
    return (error as { issues: { path: unknown[]; message: string }[] }).issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
};

const field = (key: string, rest = {}) => ({ key, title: key, ...rest });
const key = (rest: object): Auth => ({ type: "api_key", title: "K", fields: [field("key", { secret: true })], ...rest }) as Auth;
const code = (rest: object): Auth =>
  ({
    type: "oauth2_code",
    title: "C",
    authorizeUrl: "https://id.tiny.example/a",
    tokenUrl: "https://id.tiny.example/t",
    scopes: [],
    rotating: false,
    ...rest,
  }) as Auth;
const askedAfter = (config: object): Auth => code({ afterConnect: [{ call: { url: "https://api.tiny.example/accounts" }, config }] });
const fromToken = (pattern?: string) =>
  code({ token: { config: { instance: pattern === undefined ? "instance_url" : { path: "instance_url", pattern } } } });

describe("a manifest whose credential could leave is refused", () => {
  test.each<[string, Auth, string, RegExp]>([
    [
      "a host typed freely",
      key({ fields: [field("sub"), field("key")] }),
      "https://{sub}.tiny.example",
      /"\{sub\}" is part of a host: say with a pattern/,
    ],
    [
      "a secret in a host",
      key({ fields: [field("key", { secret: true, pattern: "[a-z]+" })] }),
      "https://{key}.tiny.example",
      /is a secret and cannot be part of a host/,
    ],
    ["our own token in a host", code({}), "https://{accessToken}.tiny.example", /is a secret and cannot be part of a host/],
    [
      "a host that customers type, for the app's own secret",
      code({ fields: [field("at", { pattern: "[a-z0-9.-]+" })], tokenUrl: "https://{at}/token" }),
      "https://api.tiny.example",
      /"\{at\}" is typed by a customer, and the secret of the vendor's own app goes there: its pattern must end in a domain/,
    ],
    ["an answer's host without a pattern", fromToken(), "https://{instance}", /say with a pattern/],
    ["an answer's host by a pattern that allows all", fromToken("https://(?<at>.*)"), "https://{at}", /could lead anywhere/],
    ["an answer's host by a pattern that allows any name", fromToken("https://(?<at>[a-z0-9.-]+)"), "https://{at}", /could lead anywhere/],
    ...[
      "[a-z0-9.-]+\\.com",
      "[a-z0-9.-]+\\.(?:com|io|net)",
      "[a-z]+\\.[a-z]{2,4}",
      "[a-z.]+salesforce\\.com",
      "[a-z.]+\\.salesforce.com",
    ].map((pattern): [string, Auth, string, RegExp] => [
      `an answer's host by ${pattern}`,
      fromToken(`https://(?<at>${pattern})`),
      "https://{at}",
      /could lead anywhere/,
    ]),
    ...["[a-z-]+\\.co\\.uk", "[a-z-]+\\.herokuapp\\.com", "x\\.tiny\\.example|[a-z.]+", "(?:[a-z]+\\.tiny\\.example)?[a-z.]*"].map(
      (pattern): [string, Auth, string, RegExp] => [
        `an answer's host by ${pattern}, which anybody may have`,
        fromToken(`https://(?<at>${pattern})`),
        "https://{at}",
        /could lead anywhere/,
      ],
    ),
    ["an answer's port behind it", fromToken("https://(?<at>[a-z.]+)"), "https://{at}:8443", /could lead anywhere/],
    ["an answer before a common ending", fromToken("[a-z.]+"), "https://{instance}.com", /could lead anywhere/],
    ["an answer glued to a domain", fromToken("[a-z.]+"), "https://{instance}tiny.example", /could lead anywhere/],
    [
      "what a text is searched for, of which only a part is taken",
      {
        type: "login",
        title: "L",
        fields: [field("a")],
        steps: [
          {
            call: { url: "https://api.tiny.example/l" },
            take: { at: { from: "text", pattern: "<url>([^<]+)</url>\\.tiny\\.example" } },
          },
        ],
      } as Auth,
      "https://{at}",
      /could lead anywhere/,
    ],
    [
      "an answer under the name of a field",
      code({ fields: [field("at", { pattern: "[a-z0-9.-]+" })], token: { config: { at: { path: "u", pattern: "[a-z0-9.-]+" } } } }),
      "https://{at}",
      /could lead anywhere/,
    ],
    ...["(?<dc>.+)", "(?<dc>[^:]+):.+", "(?<dc>.{1,16})", ".(?<dc>.{15})", "(?<dc>[0-9]+)"].map(
      (pattern): [string, Auth, string, RegExp] => [
        `a secret in a host by ${pattern}`,
        key({ fields: [field("key", { secret: true, pattern })] }),
        "https://{dc}.tiny.example",
        /is a secret and cannot be part of a host/,
      ],
    ),
    ["an answer's last label", fromToken("[a-z.]+"), "https://api.{instance}", /could lead anywhere/],
    [
      "a token address out of the callback",
      code({ tokenUrl: "https://{dc}/t", callback: { config: { dc: { param: "location", pattern: ".+" } } } }),
      "https://api.tiny.example",
      /auth\.it\.tokenUrl: .*could lead anywhere/,
    ],
    [
      "a hole nothing fills",
      key({ headers: { "x-key": "{kee}" } }),
      "https://api.tiny.example",
      /auth\.it\.headers\.x-key: "\{kee\}" is filled by nothing/,
    ],
    ["a base address nothing fills", key({}), "https://{shop}.tiny.example", /http\.baseUrl: "\{shop\}" is filled by nothing/],
    ["plain http", key({}), "http://api.tiny.example", /https only/],
    ["a user in the address", key({}), "https://a@api.tiny.example", /https only/],
  ])("%s", (_, auth, baseUrl, message) => expect(faults(auth, baseUrl).join("\n")).toMatch(message));

  test.each<[string, Auth, string]>([
    ["a subdomain by pattern", key({ fields: [field("sub", { pattern: "[a-z0-9-]+" }), field("key")] }), "https://{sub}.tiny.example"],
    [
      "a server of the customer's own",
      key({ fields: [field("server", { pattern: "[a-z0-9.-]+" }), field("key")] }),
      "https://{server}/api",
    ],
    [
      "a choice of hosts",
      key({
        fields: [
          field("region", {
            options: [
              { value: "api.tiny.example", title: "US" },
              { value: "eu.tiny.example", title: "EU" },
            ],
          }),
          field("key"),
        ],
      }),
      "https://{region}",
    ],
    ["a part of a key", key({ fields: [field("key", { secret: true, pattern: "[0-9a-f]+-(?<dc>us\\d+)" })] }), "https://{dc}.tiny.example"],
    [
      "an answer's host within a domain",
      fromToken("https://(?<at>[a-z0-9-]+(?:\\.[a-z0-9-]+)?\\.salesforce\\.com)"),
      "https://{at}/services",
    ],
    ["an answer's host of a written list", fromToken("https://(?<at>(?:eu|us)\\.api\\.tiny\\.co\\.uk|tiny\\.example)"), "https://{at}/x"],
    ["an answer's ending of a written list", fromToken("com|eu|com[.]au"), "https://www.tiny.{instance}"],
    ["an answer's ending behind another answer", fromToken("https://(?<at>[a-z]+)\\.(?<dc>com|eu)"), "https://{at}.tiny.{dc}:8443"],
    ["an answer's part of the path", fromToken(), "https://api.tiny.example/{instance}"],
  ])("but not %s", (_, auth, baseUrl) => expect(faults(auth, baseUrl)).toEqual([]));
});

describe("what proves is kept as such", () => {
  test.each<[string, Auth, RegExp]>([
    ["the refresh token", code({ token: { config: { ref: "refresh_token" } } }), /token\.config\.ref: "refresh_token" is a credential/],
    [
      "the access token, wherever it stands",
      code({ token: { accessToken: "authed.token", config: { ref: { path: "authed.token", pattern: ".+" } } } }),
      /token\.config\.ref: .*is a credential/,
    ],
    ["an id token", code({ token: { config: { ref: "id_token" } } }), /is a credential/],
    ["the code", code({ callback: { config: { ref: { param: "code", pattern: ".+" } } } }), /callback\.config\.ref: .*is a credential/],
    [
      "the code under another name",
      code({ callback: { code: "spapi_oauth_code", config: { ref: { param: "spapi_oauth_code", pattern: ".+" } } } }),
      /is a credential/,
    ],
    [
      "an OAuth 1 token",
      {
        type: "oauth1",
        title: "O",
        requestTokenUrl: "https://id.tiny.example/r",
        authorizeUrl: "https://id.tiny.example/a",
        accessTokenUrl: "https://id.tiny.example/t",
        config: { ref: { param: "oauth_token_secret", pattern: ".+" } },
      } as Auth,
      /config\.ref: .*is a credential/,
    ],
    ["a token by a name of two humps", code({ token: { config: { ref: "authed.accessToken" } } }), /"authed\.accessToken" is a credential/],
    ["a key out of the callback", code({ callback: { config: { ref: { param: "apiKey", pattern: ".+" } } } }), /"apiKey" is a credential/],
    ["a page's token", askedAfter({ ref: "access_token" }), /afterConnect\.0\.config\.ref: .*is a credential.*`secret: true`/],
    ["what is kept under a credential's name", askedAfter({ page_token: "pages.0.value" }), /"page_token" is a credential/],
  ])("%s is no value of the account", (_, auth, message) => expect(faults(auth).join("\n")).toMatch(message));

  test.each<[string, Auth]>([
    ["which is said to be secret", askedAfter({ page_token: { path: "access_token", secret: true } })],
    ["whose name only begins like one", askedAfter({ kind: "token_type", tenant: "token.tenantId", keys: "secrets_count" })],
  ])("but one %s is", (_, auth) => expect(faults(auth)).toEqual([]));

  test("and what is said to be secret is no part of a host", () => {
    const auth = askedAfter({ at: { path: "token", pattern: "[a-z]+\\.tiny\\.example", secret: true } });
    expect(faults(auth, "https://{at}").join("\n")).toMatch(/is a secret and cannot be part of a host/);
  });
});

describe("what could not work is refused where it is written", () => {
  test.each<[string, Auth, RegExp]>([
    ["a header of ours", key({ headers: { Host: "evil.example" } }), /is a header we set ourselves/],
    ["no header name", key({ headers: { "x key": "{key}" } }), /is no header name/],
    ["a line break in a header", key({ headers: { "x-key": "{key}\r\nx-admin: 1" } }), /cannot be sent/],
    ["lines in a header", key({ fields: [field("pem", { multiline: true })], headers: { "x-key": "{pem}" } }), /may have lines/],
    ["two authorizations", key({ headers: { Authorization: "Bearer {key}" }, basic: { username: "{key}" } }), /is set already/],
    ["one field twice", key({ fields: [field("a"), field("a")] }), /two fields "a"/],
    [
      "an HMAC without a key",
      key({ sign: { type: "digest", algorithm: "hmac-sha256", text: "{path}", into: { in: "header", name: "x" } } }),
      /needs a key/,
    ],
    ["an assertion to nobody", code({ clientAuth: "private_key_jwt" }), /name it/],
    ["a signed callback to a public client", code({ clientAuth: "none", callback: { hmac: { param: "hmac" } } }), /has no secret/],
    ["the implicit flow", code({ authorizeParams: { response_type: "token" } }), /only the code flow/],
    ["a pattern that is none", key({ fields: [field("a", { pattern: "(" })] }), /not a regular expression/],
    ["a pattern that takes for ever", key({ fields: [field("a", { pattern: "(a+)+b" })] }), /repetition inside a repetition/],
    ["a key of a reserved look", key({ fields: [field("accessToken")] }), /fields\.0\.key/],
    [
      "two bodies",
      { type: "login", title: "L", fields: [field("a")], steps: [{ call: { url: "https://api.tiny.example/l", form: {}, json: {} } }] },
      /a call has one body/,
    ],
  ])("%s", (_, auth, message) => expect(faults(auth).join("\n")).toMatch(message));
});
