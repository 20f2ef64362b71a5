import type postgres from "postgres";
import { describe, expect, test } from "vitest";
import { authenticateEmbedSession } from "#server/auth/embed-session";
import type { Deps } from "#server/lib/context";
import { createEmbedContext } from "#server/trpc/embed/context";
import { createEmbedCaller } from "#server/trpc/embed/router";
import { sayTo } from "#server/words/reader";
import { codeOf } from "#tests/support/connecting";
import { usingDatabase } from "#tests/support/database";
import { createScene, memberCtx, type Scene } from "#tests/support/world";
import { mintEmbedSession } from "../embed-sessions/mint-embed-session";
import { brandingHistory } from "./branding-history";
import { getBranding } from "./get-branding";
import { Branding } from "./schema";
import { restoreBranding, updateBranding } from "./update-branding";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let other: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner);
  other = await createScene(owner, { name: "Other" });
  await owner`update environments set branding = '{"accent":"#0f766e"}', allowed_origins = '{https://app.acme.example}' where id = ${scene.environment}`;
});

test("every look is kept, and can be gone back to; nobody is overwritten unseen", async () => {
  const ctx = memberCtx(deps, scene);
  expect(await getBranding(ctx)).toEqual({ branding: { accent: "#0f766e" }, n: 0 });
  expect(await updateBranding(ctx, { branding: { accent: "#aa0000", radius: 4 }, n: 0 })).toEqual({ n: 1 });
  expect(await codeOf(updateBranding(ctx, { branding: {}, n: 0 }))).toBe("conflict");
  await updateBranding(ctx, { branding: { accent: "#aa0000", radius: 12 }, n: 1 });
  expect((await brandingHistory(ctx)).map(({ n, changed }) => [n, changed])).toEqual([
    [2, ["radius"]],
    [1, ["accent", "radius"]],
    [0, []],
  ]);
  expect(await restoreBranding(ctx, { to: 0, n: 2 })).toEqual({ n: 3 });
  expect(await getBranding(ctx)).toEqual({ branding: { accent: "#0f766e" }, n: 3 });
  // Another vendor has its own, and sees nothing of this one's.
  expect(await brandingHistory(memberCtx(deps, other))).toEqual([]);
  expect(await codeOf(restoreBranding(memberCtx(deps, other), { to: 0, n: 0 }))).toBe("not_found");
});

describe("the language of a customer", () => {
  const asked = async (headers: Record<string, string>, locale?: string) => {
    const { token } = await mintEmbedSession(memberCtx(deps, scene), {
      customer: { id: "globex" },
      origin: "https://app.acme.example",
      ...(locale ? { locale } : {}),
    });
    return { headers: new Headers({ authorization: `Bearer ${token}`, ...headers }) };
  };

  test("is what the frame shows, else what the session was made for, else the browser's", async () => {
    const spoken = async (headers: Record<string, string>, locale?: string) =>
      (await authenticateEmbedSession(deps, await asked(headers, locale), "req")).reader?.language;
    expect(await spoken({ "x-inlay-language": "ja", "accept-language": "fr" }, "de-AT")).toBe("ja");
    expect(await spoken({ "accept-language": "fr" }, "de-AT")).toBe("de");
    expect(await spoken({ "accept-language": "pt;q=1, fr;q=0.5" })).toBe("fr");
    expect(await spoken({})).toBe("en");
  });

  test("is spoken by every answer, in the vendor's words where there are any", async () => {
    const { n } = await getBranding(memberCtx(deps, scene));
    await updateBranding(memberCtx(deps, scene), { n, branding: { words: { de: { "error.not_found": "Gibt es hier nicht." } } } });
    const incoming = await asked({ "x-inlay-language": "de" });
    const { reader } = await authenticateEmbedSession(deps, incoming, "req");
    expect(sayTo({ reader })("error.not_found")).toBe("Gibt es hier nicht.");
    const caller = createEmbedCaller(createEmbedContext(deps, incoming));
    expect(await caller.session.bootstrap()).toMatchObject({ title: "Integrationen", language: null });
    const detail = await caller.marketplace.get({ integrationId: scene.integration });
    expect(detail.description).toMatch(/^Aus .* gelesen und aktuell gehalten: /);
  });
});

describe("what a look may hold", () => {
  const png = `data:image/png;base64,${Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").toString("base64")}`;
  const said = (text: string, key = "request.ask") => ({ words: { en: { [key]: text } } });

  test.each([
    ["colours, fonts and a small image", { background: "#f6f3ec", font: "inter", fontUrl: "https://acme.example/a.woff2", logo: png }],
    ["words with the values they are given, and nouns", said("Ask {vendor} for {name} among {integrations}")],
    ["plurals", said("{count, plural, one {# app} other {# apps}}", "market.count")],
  ])("takes %s", (_, branding) => {
    expect(Branding.safeParse(branding).success).toBe(true);
  });

  test.each([
    ["raw CSS", { accent: "red; background: url(//x)" }],
    ["a font over plain http", { fontUrl: "http://acme.example/a.woff2" }],
    ["a style sheet as a font", { fontUrl: "https://acme.example/a.css" }],
    ["a picture that is something else", { logo: `data:image/png;base64,${Buffer.from("<svg onload=x>").toString("base64")}` }],
    ["a drawing with scripts", { logo: "data:image/svg+xml;base64,PHN2Zz4=" }],
    [
      "a picture that is too large",
      { logo: `data:image/png;base64,${Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(70_000)]).toString("base64")}` },
    ],
    ["markup in words", said("Ask <b>{vendor}</b>")],
    ["a value that is not given", said("Ask {customer}")],
    ["words that cannot be read", said("Ask {vendor")],
    ["words for nothing", said("x", "no.such.key")],
    ["a language we do not speak", { words: { tlh: {} } }],
    ["anything else", { css: "body{}" }],
  ])("refuses %s", (_, branding) => {
    expect(Branding.safeParse(branding).success).toBe(false);
  });

  test.each([
    "red;} body{background:url(//evil.example)}",
    "#fff;}</style><script>alert(1)</script>",
    "url(https://evil.example/x)",
    "expression(alert(1))",
    "@import '//evil.example/x.css'",
    "\\75rl(//evil.example)",
    'input[value^="a"]{background:url(//evil.example/a)}',
    "#0f766e\u202e",
  ])("A-52: %s is no value of a look, in any place", (evil) => {
    for (const key of ["accent", "background", "surface", "font", "appearance", "radius", "fontUrl", "logoUrl", "logo", "replyTo"])
      expect([key, Branding.safeParse({ [key]: evil }).success]).toEqual([key, false]);
  });

  const asImage = (type: string, bytes: string | Buffer) => `data:image/${type};base64,${Buffer.from(bytes).toString("base64")}`;
  test.each([
    ["a script", asImage("svg+xml", "<svg><script>alert(1)</script></svg>")],
    ["a handler", asImage("svg+xml", "<svg onload='alert(1)'/>")],
    ["foreign markup", asImage("svg+xml", "<svg><foreignObject><iframe src='//evil.example'/></foreignObject></svg>")],
    ["other files", asImage("svg+xml", "<svg><use href='//evil.example/x.svg#a'/></svg>")],
    ["entities without end", asImage("svg+xml", '<!DOCTYPE svg [<!ENTITY a "&b;&b;">]><svg>&a;</svg>')],
    ["another name than its bytes", asImage("png", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")],
    ["a script behind a comma", "data:image/png,<script>alert(1)</script>"],
    ["a hundred megabytes", asImage("png", Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(100_000)]))],
    ["no image at all", asImage("x-icon", "\0\0")],
  ])("A-53: a logo with %s is refused", (_, logo) => {
    expect(Branding.safeParse({ logo }).success).toBe(false);
  });

  test.each(["http://acme.example/a.png", "javascript:alert(1)", "data:text/html,<script>"])(
    "A-53: a logo is not taken from %s",
    (logoUrl) => {
      expect(Branding.safeParse({ logoUrl }).success).toBe(false);
    },
  );
});
