import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { getManifest, listManifests } from "#server/connectors/index";
import { hintsOf } from "#server/runtime/webhooks/events";
import { verifyCall } from "#server/runtime/webhooks/verify";
import { testCall } from "./test-call";

const SECRET = "a secret of sixteen";
const keys = { app: SECRET, endpoint: SECRET, fetchText: () => Promise.reject(new Error("no network")) };

/** The call that the lines make, as `curl` was given it. */
function run(lines: string) {
  const script = `curl() { for a in "$@"; do printf '%s\\0' "$a"; done; }\n${lines}`;
  const args = execFileSync("bash", ["-c", script], { env: { ...process.env, ADDRESS: "https://x.example/", SECRET } })
    .toString()
    .split("\0");
  const headers = new Map(
    args.flatMap((arg, n) => {
      if (args[n - 1] !== "-H") return [];
      const [name = "", ...rest] = arg.split(": ");
      return [[name.toLowerCase(), rest.join(": ")] as const];
    }),
  );
  const raw = Buffer.from(args[args.indexOf("--data-binary") + 1] ?? "");
  return {
    method: "POST",
    url: "https://x.example/",
    query: new URLSearchParams(),
    header: (name: string) => headers.get(name) ?? null,
    raw,
  };
}

const offered = listManifests().flatMap((manifest) => {
  const lines = manifest.webhooks ? testCall(manifest, manifest.webhooks) : null;
  return lines === null ? [] : [[manifest.key, lines] as const];
});

test("there are some", () => expect(offered.map(([key]) => key)).toContain("generic-webhook-in"));

test.each(offered)("%s: the lines make a call that is proven, and that means something", async (key, lines) => {
  const webhooks = getManifest(key).webhooks!;
  const call = run(lines);
  expect(await verifyCall(webhooks.verify, call, keys, Date.now())).toBe(true);
  expect(hintsOf(webhooks, call)).not.toEqual([]);
});
