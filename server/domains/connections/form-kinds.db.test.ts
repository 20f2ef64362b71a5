import { describe, expect, test, vi } from "vitest";
import { codeOf } from "#tests/support/connecting";
import { unseenSystem } from "#tests/support/unseen-system";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

const t = unseenSystem();
const { api, connected, offer, read, row, submit } = t;

describe("forms", () => {
  test("a refusal stands at its field, and nothing is kept", async () => {
    const fields = [
      { key: "user", title: "User" },
      { key: "password", title: "Password", secret: true },
    ];
    await offer({ type: "login", title: "L", steps: [{ call: { url: "https://id.tiny.example/login", form: { u: "{user}" } } }], fields });
    t.answers(() => ({ status: 403, json: { message: "no" } }));
    const error = await submit({ user: "u", password: "p" }).catch((one) => one);
    expect([error.code, error.details.fields]).toEqual([
      "invalid",
      [{ path: "password", message: "Tiny does not accept what was entered." }],
    ]);
    expect(await t.owner`select 1 from credentials where environment_id = ${t.scene.environment}`).toHaveLength(0);
  });
  test("where no call tells the account, what was entered does; a secret is never its name", async () => {
    const identify = { account: "{key}", label: "{city}" };
    const fields = [
      { key: "key", title: "Key", secret: true },
      { key: "city", title: "City" },
    ];
    await offer({ type: "api_key", title: "K", fields, query: { key: "{key}" } }, { identify });
    t.answers(api);
    const connectionId = await connected(submit({ key: "AIza-secret", city: "Oslo" }));
    expect(await row(connectionId)).toMatchObject({
      account_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      account_label: "Oslo",
      config: { city: "Oslo" },
    });
    expect(await submit({ key: "AIza-secret", city: "Oslo" })).toEqual({ outcome: "duplicate", connectionId });
  });
  test("a choice is one of those offered", async () => {
    const options = [
      { value: "api.tiny.example", title: "United States" },
      { value: "api.eu.tiny.example", title: "Europe" },
    ];
    const fields = [
      { key: "region", title: "Region", options },
      { key: "key", title: "Key", secret: true },
    ];
    const http = { baseUrl: "https://{region}", errorMessage: "message", rateLimit: { defaultWaitMs: 1 } };
    await offer({ type: "api_key", title: "K", fields, headers: { "x-key": "{key}" } }, { http });
    t.answers(api);
    for (const region of ["evil.example", "", "apiXtiny.example"]) expect(await codeOf(submit({ region, key: "k" }))).toBe("invalid");
    expect(t.party.asked).toHaveLength(0);
    await connected(submit({ region: "api.eu.tiny.example", key: "k" }));
    expect(t.party.asked.map((asked) => asked.host)).toEqual(["api.eu.tiny.example"]);
  });
  test("none: an account without a credential", async () => {
    await offer(
      { type: "none", title: "Open", fields: [{ key: "site", title: "Site", pattern: "[a-z]+" }] },
      { identify: { account: "{site}", label: "{site}" } },
    );
    t.answers(api);
    const connectionId = await connected(submit({ site: "blog" }));
    expect((await read(connectionId)).records).toHaveLength(1);
    expect(t.party.asked.at(-1)?.headers["authorization"]).toBeUndefined();
  });
});
