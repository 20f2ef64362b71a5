import { readFileSync } from "node:fs";
import { type Asked, startThirdParty, type Told } from "./third-party";

/** The manifest of the guide, as its reader copies it. */
export const guideManifest = (): string => {
  const found = /```yaml\n(key: x-hivewise[\s\S]*?)```/.exec(readFileSync("docs/guides/private-connector.md", "utf8"))?.[1];
  if (found === undefined) throw new Error("the guide has no manifest");
  return found;
};

export type Hive = { tag: string; name: string; frames: number; queen: { year: number; marked: boolean }; modified: number };

/** The guide's invented system, for real: a small HTTP server that knows nothing of us. */
export async function startHivewise(count = 230) {
  const hives: Hive[] = Array.from({ length: count }, (_, i) => ({
    tag: `H-${String(i + 1).padStart(3, "0")}`,
    name: `Hive ${i + 1}`,
    frames: 8 + (i % 5),
    queen: { year: 2023 + (i % 3), marked: i % 2 === 0 },
    modified: 1_790_000_000 + i,
  }));
  const answer = ({ host, path, query, headers }: Asked): Told => {
    const key = headers["x-hive-key"] ?? "";
    if (host !== "eu1.hivewise.example" || key !== "hv-key-good-1") return { status: 401, json: { error: { text: "unknown key" } } };
    if (path === "/api/account") return { json: { apiary: { number: "AP-7", name: "Linden Row" }, echo: key } };
    const one = /^\/api\/hives\/([^/]+)\/inspections$/.exec(path)?.[1];
    if (one !== undefined)
      return { json: { inspections: [{ number: `I-${one}`, note: "Calm", honey_kg: 12.5, seen: "2026-06-01T09:00:00Z" }] } };
    if (path !== "/api/hives") return { status: 404, json: { error: { text: "no such page" } } };
    const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 20)];
    const found = hives.filter((hive) => hive.modified >= Number(query.get("modified_from") ?? 0));
    const shown = found.slice((page - 1) * size, page * size).map((hive) => ({ ...hive, site: { row: 3 } }));
    return { json: { hives: shown, pages: Math.max(1, Math.ceil(found.length / size)) } };
  };
  return { hives, party: await startThirdParty(answer) };
}
