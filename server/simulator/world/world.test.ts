import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startSimulator } from "#server/simulator/start";
import { DEFAULT_SIZES } from "#server/simulator/world/world";

vi.setConfig({ testTimeout: 20_000 }); // loopback HTTP beside a busy build

const sizes = { ...DEFAULT_SIZES, hubspot: { contacts: 2_000, companies: 20, deals: 20 } };
let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), "simulator-"));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

const truth = async (origin: string, path_ = "hubspot/contacts") => (await fetch(`${origin}/_truth/${path_}`)).text();
const form = (fields: Record<string, string>) => ({ method: "POST", body: new URLSearchParams(fields) });

describe("the world", () => {
  it("is the same for the same seed and another for another", async () => {
    const sims = await Promise.all([
      startSimulator({ seed: 3, sizes }),
      startSimulator({ seed: 3, sizes }),
      startSimulator({ seed: 4, sizes }),
    ]);
    const [a, b, c] = await Promise.all(sims.map((sim) => truth(sim.origin)));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    expect(a?.trim().split("\n")).toHaveLength(2_000);
    await Promise.all(sims.map((sim) => sim.stop()));
  });

  it("holds odd records, but few", async () => {
    const sim = await startSimulator({ sizes });
    const rows = (await truth(sim.origin))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { properties: Record<string, string | null> });
    const withoutEmail = rows.filter((row) => row.properties["email"] === null).length;
    expect(withoutEmail).toBe(2);
    expect(rows.some((row) => (row.properties["jobtitle"] ?? "").length > 1_000)).toBe(true);
    expect(new Set(rows.map((row) => row.properties["email"])).size).toBe(2_000 - withoutEmail + 1);
    expect(rows.every((row) => (row.properties["email"] ?? "@example.com").toLowerCase().endsWith("@example.com"))).toBe(true);
    await sim.stop();
  });

  it("keeps edits made on the screen and in bulk across restarts, and drops a line torn by a crash", async () => {
    const first = await startSimulator({ stateDir, sizes });
    const base = `${first.origin}/hubspot/4711001/contacts`;
    await fetch(`${base}/20000005`, form({ firstname: "Edited", phone: "" }));
    const created = (await fetch(`${base}/new`, form({ lastname: "Made here" }))).url.match(/contacts\/(\d+)/)?.[1];
    await fetch(`${base}/20000006/archive`, { method: "POST" });
    await fetch(`${first.origin}/_control`, { method: "POST", body: JSON.stringify({ service: "hubspot", change: { percent: 1 } }) });
    const before = await truth(first.origin);
    await first.stop();
    appendFileSync(path.join(stateDir, "world.jsonl"), '{"service":"hubspot","acc');
    for (let restart = 0; restart < 2; restart++) {
      const again = await startSimulator({ stateDir, sizes });
      expect(await truth(again.origin)).toBe(before);
      await again.stop();
    }
    const rows = before
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; properties: Record<string, string | null> });
    const byId = new Map(rows.map((row) => [row.id, row.properties]));
    expect(byId.get("20000005")).toMatchObject({ firstname: "Edited", phone: null });
    expect(byId.get(String(created))).toMatchObject({ lastname: "Made here" });
    expect(byId.has("20000006")).toBe(false);
  });

  it("does not count opening and saving a contact as a change, and takes no form from elsewhere", async () => {
    const sim = await startSimulator({ sizes });
    const before = await truth(sim.origin);
    const url = `${sim.origin}/hubspot/4711001/contacts/20000001`;
    const html = await (await fetch(url)).text();
    const value = (name: string) => (html.match(new RegExp(`name="${name}"[^>]*value="([^"]*)"`))?.[1] ?? "").replaceAll("&#39;", "'");
    const fields = Object.fromEntries(
      ["firstname", "lastname", "email", "phone", "company", "jobtitle"].map((name) => [name, value(name)]),
    );
    await fetch(url, form(fields));
    await fetch(url, { ...form({ firstname: "Attacker" }), headers: { origin: "https://evil.example" } });
    expect(await truth(sim.origin)).toBe(before);
    await sim.stop();
  });

  it("gives back what is no e-mail address with what is wrong, and keeps the rest of what was entered", async () => {
    const sim = await startSimulator({ sizes });
    const before = await truth(sim.origin);
    const url = `${sim.origin}/hubspot/4711001/contacts/20000001`;
    const refused = await fetch(url, form({ firstname: "Newly <named>", email: "not an address" }));
    const html = await refused.text();
    expect([refused.status, await truth(sim.origin)]).toEqual([422, before]);
    expect(html).toMatch(/value="not an address"[^>]*aria-invalid="true" aria-describedby="email-fault"/);
    expect(html).toContain('value="Newly &lt;named&gt;"');
    await fetch(url, form({ email: "ada@example.com" }));
    expect(await truth(sim.origin)).toContain("ada@example.com");
    await sim.stop();
  });

  it("shows what a contact says as text, never as markup", async () => {
    const sim = await startSimulator({ sizes });
    const html = await (await fetch(`${sim.origin}/hubspot/4711001/contacts?q=%3Cb%3E`)).text();
    expect(html).toContain("&lt;b&gt;O&#39;Hara");
    expect(html).not.toContain("<b>O");
    await sim.stop();
  });
});
