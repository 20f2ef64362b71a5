import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { freePort } from "#tests/support/postgres";
import { api } from "#tests/support/program";
import type { Running } from "#tests/support/stack";
import { birthOf, isStill } from "../../scripts/lib/process-identity.mjs";

// What `npm start` does when something stands in its way. `start.mjs` where it refuses, `supervise.mjs` where it runs.

type Program = { child: ChildProcess; said: () => string; ended: Promise<number | null> };

/** Processes as they are born: an id is given out again, and one that only waits to be buried is dead. */
const bornAs = ({ pids }: Running) => Object.values(pids).map((pid) => ({ pid, birth: birthOf(pid) }));
const stillThere = (some: ReturnType<typeof bornAs>) => some.filter(({ pid, birth }) => isStill(pid, birth));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function run(script: "start" | "supervise", env: Record<string, string>): Program {
  const { TEMPORAL_ADDRESS: _server, DATABASE_URL: _database, ...outer } = process.env;
  const args = [`scripts/${script}.mjs`, ...(script === "supervise" ? ["--fast"] : [])];
  const child = spawn(process.execPath, args, { env: { ...outer, NODE_ENV: "production", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += String(chunk)));
  return { child, said: () => text, ended: new Promise((resolve) => child.once("close", resolve)) };
}

/** Ends with code 1, saying what is the matter and what to do. */
async function expectRefusal(program: Program, what: RegExp, advice: RegExp): Promise<void> {
  expect(await program.ended).toBe(1);
  expect(program.said()).toMatch(what);
  expect(program.said()).toMatch(advice);
  expect(program.said()).not.toMatch(/unexpected failure|\n\s+at /);
}

/** What below `home` somebody else may read. Postgres keeps its own directory, which is another user's when we are root. */
function openToOthers(home: string): string[] {
  const found = (statSync(home).mode & 0o066) === 0 ? [] : [home];
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!file.startsWith(path.join(home, "postgres")) && statSync(file).mode & 0o077) found.push(file);
  }
  return found;
}

let home: string;
let ports: Record<string, string>;
test.beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), "inlay-start-"));
  chmodSync(home, 0o755); // as root, Postgres runs as another user, who has to get in
  ports = {};
  for (const name of ["INLAY_PORT", "INLAY_POSTGRES_PORT", "INLAY_TEMPORAL_PORT", "INLAY_TEMPORAL_UI_PORT", "INLAY_SIMULATOR_PORT"])
    ports[name] = String(await freePort());
});
test.afterEach(() => rmSync(home, { recursive: true, force: true }));

test("a home that cannot be written to is refused with a way out", async () => {
  const file = path.join(home, "file");
  writeFileSync(file, "");
  const refused = run("start", { ...ports, INLAY_HOME: path.join(file, "home") });
  await expectRefusal(
    refused,
    /Inlay: cannot write to .*file\/home \(E\w+\)/,
    /What to do: Give this user the right .* INLAY_HOME=\/tmp\/inlay npm start/,
  );
});

test("a port that was asked for and is taken is refused with its variable", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(ports["INLAY_PORT"]), "127.0.0.1", resolve));
  const refused = run("supervise", { ...ports, INLAY_HOME: home });
  const port = ports["INLAY_PORT"];
  await expectRefusal(
    refused,
    new RegExp(`port ${port} \\(INLAY_PORT\\) is already in use`),
    /What to do: End what listens there, or choose another: INLAY_PORT=\d+/,
  );
  server.close();
});

test("two starts at once, a supervisor that is killed, a start over what it left, and Ctrl-C; the data stay", async () => {
  test.setTimeout(300_000);
  const inner = path.join(home, "state");
  const env = { ...ports, INLAY_HOME: inner };
  const file = path.join(inner, "running.json");
  const running = () => JSON.parse(readFileSync(file, "utf8")) as Running;
  const isReady = async (program: Program) => {
    for (const deadline = Date.now() + 120_000; !program.said().includes("Inlay is ready after"); await sleep(50)) {
      if (program.child.exitCode !== null || Date.now() > deadline) throw new Error(program.said());
    }
  };

  const pair = [run("supervise", env), run("supervise", env)] as const;
  const loser = await Promise.race(pair.map((program) => program.ended.then(() => program)));
  const winner = pair[0] === loser ? pair[1] : pair[0];
  await expectRefusal(
    loser,
    new RegExp(`already running here, process ${winner.child.pid}, and not ready yet`),
    /What to do: Use that one, end it/,
  );
  await isReady(winner);
  const first = running();
  const firstBorn = bornAs(first);
  expect((await api(first, "/v1/customers", { externalId: "kept", name: "Kept Ltd" })).status).toBe(200);
  const customers = async () => (await api(running(), "/v1/customers")).json()["items"];
  const before = await customers();
  expect(openToOthers(inner)).toEqual([]);
  await expectRefusal(
    run("start", env),
    new RegExp(`already running here, process ${winner.child.pid}, at ${first.origin} `),
    /with its own INLAY_HOME/,
  );

  winner.child.kill("SIGKILL");
  await winner.ended;
  expect(existsSync(path.join(inner, "lock"))).toBe(true);
  const again = run("supervise", env);
  await isReady(again);
  const second = running();
  const secondBorn = bornAs(second);
  expect(second.origin).toBe(first.origin);
  expect(stillThere(firstBorn)).toEqual([]);

  again.child.kill("SIGINT");
  expect(await again.ended).toBe(0);
  expect(again.said()).toContain("Stopped. The data stay where they are; `npm start` goes on with them.");
  expect(stillThere(secondBorn)).toEqual([]);
  for (const left of ["lock", "running.json", "children.json"]) expect(existsSync(path.join(inner, left))).toBe(false);

  // As a person starts it again: nothing is made anew, and all is as it was.
  const hasty = run("start", env);
  await isReady(hasty);
  expect(hasty.said()).not.toMatch(/Installing|Fetching|Building|Bundling/);
  expect(await customers()).toEqual(before);
  console.log(/Inlay is ready after .*/.exec(hasty.said())?.[0], "(a start on data that are there)");
  const thirdBorn = bornAs(running());
  hasty.child.kill("SIGINT");
  await sleep(300);
  hasty.child.kill("SIGINT");
  await hasty.ended;
  await expect.poll(() => stillThere(thirdBorn)).toEqual([]);
});
