import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endOrphans } from "./child.mjs";
import { isRecent } from "./given-temporal.mjs";
import { takeLock } from "./lock.mjs";
import { boundLog, openLog } from "./logs.mjs";
import { ensureWritable } from "./paths.mjs";
import { choosePorts } from "./ports.mjs";
import { endOrphanedPostgres } from "./postgres.mjs";
import { birthOf, commandOf, isAlive } from "./process-identity.mjs";
import { run } from "./run.mjs";
import { loadSecrets } from "./secrets.mjs";
import { childEnv, simulatorEnv } from "./settings.mjs";
import { serverVersion } from "./temporal.mjs";

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "inlay-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("a lock whose owner is dead is taken over, and let go again", () => {
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(path.join(home, "lock"), `${dead} ${birthOf(process.pid)}`);
  const release = takeLock(home);
  expect(readFileSync(path.join(home, "lock"), "utf8")).toBe(`${process.pid} ${birthOf(process.pid)}`);
  release();
  expect(() => readFileSync(path.join(home, "lock"))).toThrow();
});

test("a process id that now belongs to something else does not hold the lock", () => {
  for (const text of [`${process.ppid}`, `${process.ppid} ${birthOf(process.pid)}`]) {
    writeFileSync(path.join(home, "lock"), text);
    expect(() => takeLock(home)()).not.toThrow();
  }
  writeFileSync(path.join(home, "lock"), `${process.ppid} ${birthOf(process.ppid)}`);
  expect(() => takeLock(home)).toThrow(/already running here/);
});

test("only children that are still the same process are ended, whatever runs under their id now", async () => {
  const sleeper = () => spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)", "dist/worker.mjs", "next"], { detached: true });
  const [orphan, stranger] = [sleeper(), sleeper()];
  const [pid, other] = [orphan.pid ?? 0, stranger.pid ?? 0];
  try {
    await endOrphans({ worker: { pid, birth: birthOf(pid) }, web: { pid: other, birth: birthOf(process.pid) }, old: other });
    expect([isAlive(pid), isAlive(other)]).toEqual([false, true]);
  } finally {
    orphan.kill("SIGKILL");
    stranger.kill("SIGKILL");
  }
});

test("a Postgres of another directory is not ended, though an old file names its process", async () => {
  const stranger = spawn("bash", ["-c", "exec -a '/usr/bin/postgres -D /var/lib/other -p 1' sleep 60"]);
  const pid = stranger.pid ?? 0;
  try {
    while (!commandOf(pid).includes("postgres")) await new Promise((resolve) => setTimeout(resolve, 20));
    mkdirSync(path.join(home, "postgres"));
    writeFileSync(path.join(home, "postgres", "postmaster.pid"), `${pid}\n`);
    await endOrphanedPostgres(path.join(home, "postgres"));
    expect(isAlive(pid)).toBe(true);
  } finally {
    stranger.kill("SIGKILL");
  }
});

test("the stand-in third party gets none of our secrets", () => {
  const vars = childEnv({
    env: { PATH: "/bin", SMTP_URL: "smtp://x", INLAY_SIMULATOR_SEED: "2" },
    ...{ home, ports: { web: 1, simulator: 2, temporal: 3 }, secrets: loadSecrets(home), databaseUrl: "postgres://x", dev: false },
  });
  expect(Object.keys(simulatorEnv(vars)).toSorted()).toEqual([
    "INLAY_HOME",
    "INLAY_ORIGIN",
    "INLAY_SIMULATOR_ORIGIN",
    "INLAY_SIMULATOR_PORT",
    "INLAY_SIMULATOR_SEED",
    "NODE_ENV",
    "PATH",
  ]);
});

test("a default port in use moves on; one asked for is refused with its variable", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  const wish = { web: { variable: "INLAY_PORT", port } };
  const told: string[] = [];
  const { web } = await choosePorts({ web: { ...wish.web, what: "the product" } }, {}, (line: string) => told.push(line));
  expect(web).toBeGreaterThan(port);
  expect(told).toEqual([`  port ${port} is taken: the product uses ${web} (INLAY_PORT chooses another)`]);
  await expect(choosePorts(wish, { INLAY_PORT: String(port) })).rejects.toThrow(/INLAY_PORT.*already in use/);
  const two = { ...wish, other: { variable: "INLAY_OTHER_PORT", port: 47_321 } };
  await expect(choosePorts(two, { INLAY_PORT: "47400", INLAY_OTHER_PORT: "47400" })).rejects.toThrow(/INLAY_OTHER_PORT and INLAY_PORT/);
  expect(
    await choosePorts({ a: { variable: "A_PORT", port: 47_330 }, b: { variable: "B_PORT", port: 1 } }, { B_PORT: "47330" }),
  ).toMatchObject({ a: 47_331, b: 47_330 });
  await expect(choosePorts(wish, { INLAY_PORT: "http" })).rejects.toThrow(/not a port number/);
  await new Promise((resolve) => server.close(resolve));
});

test("a log stays bounded while its program writes on: the last of it and the piece before are kept, for the owner only", () => {
  const file = path.join(home, "logs", "web.log");
  const out = openLog(file);
  for (const line of ["first\n", "second\n", "third\n"]) {
    writeSync(out, line.repeat(10));
    boundLog(file, 40);
  }
  writeSync(out, "fourth\n");
  closeSync(out);
  expect(readFileSync(file, "utf8")).toBe("fourth\n");
  expect(readFileSync(`${file}.1`, "utf8")).toBe("third\n".repeat(10));
  expect(statSync(`${file}.1`).mode & 0o077).toBe(0);
});

test("secrets are made once, kept for the owner only, and completed when a new one is needed", () => {
  const first = loadSecrets(home);
  expect(statSync(path.join(home, "secrets.json")).mode & 0o777).toBe(0o600);
  expect(loadSecrets(home)).toEqual(first);
  const { demoWebhookSecret: _, ...older } = first;
  writeFileSync(path.join(home, "secrets.json"), JSON.stringify(older));
  expect(loadSecrets(home)).toMatchObject(older);
  expect(loadSecrets(home).demoWebhookSecret).toMatch(/^whsec_/);
});

test("what the caller sets wins over what is derived, and the demo can be left out", () => {
  const given = { home, ports: { web: 1, simulator: 2, temporal: 3 }, secrets: loadSecrets(home), databaseUrl: "postgres://x", dev: false };
  const usual = childEnv({ ...given, env: {} });
  expect(usual).toMatchObject({ INLAY_ORIGIN: "http://127.0.0.1:1", INLAY_DEMO: "1", INLAY_SIMULATOR_ORIGIN: "http://127.0.0.1:2" });
  const own = childEnv({ ...given, env: { INLAY_ORIGIN: "https://inlay.example.com", INLAY_DEMO: "0", TEMPORAL_ADDRESS: "t:7233" } });
  expect(own).toMatchObject({ INLAY_ORIGIN: "https://inlay.example.com", TEMPORAL_ADDRESS: "t:7233", INLAY_DEMO: "0" });
  expect(own).not.toHaveProperty("INLAY_SIMULATOR_ORIGIN");
});

test("with an origin others can reach there is no demo and no way to loopback, unless asked for", () => {
  const given = { home, ports: { web: 1, simulator: 2, temporal: 3 }, secrets: loadSecrets(home), databaseUrl: "postgres://x", dev: false };
  const open = ["INLAY_DEMO", "INLAY_ALLOW_LOOPBACK", "INLAY_DEMO_SECRET_KEY", "INLAY_SIMULATOR_ORIGIN"];
  for (const origin of ["https://inlay.example", "http://10.0.0.7:4600", "http://localhost.example"]) {
    const vars = childEnv({ ...given, env: { INLAY_ORIGIN: origin } });
    for (const name of open) expect(vars).not.toHaveProperty(name);
    const asked = childEnv({ ...given, env: { INLAY_ORIGIN: origin, INLAY_DEMO: "1" } });
    expect(asked).toMatchObject({ INLAY_DEMO: "1", INLAY_ALLOW_LOOPBACK: "0" });
  }
  for (const origin of ["http://127.0.0.1:4600", "http://localhost:4600", "http://[::1]:4600"]) {
    expect(childEnv({ ...given, env: { INLAY_ORIGIN: origin } })).toMatchObject({ INLAY_DEMO: "1", INLAY_ALLOW_LOOPBACK: "1" });
  }
  expect(childEnv({ ...given, env: { INLAY_DEMO: "false" } })).toMatchObject({ INLAY_DEMO: "false" });
});

test("a directory that cannot be made is refused at once, with a way out", () => {
  expect(() => ensureWritable("/proc/inlay")).toThrow(/cannot write to \/proc\/inlay/);
});

test("the server inside a Temporal binary is what counts, not what the binary calls itself", () => {
  expect(serverVersion("temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)")).toBe("1.29.1");
  expect(serverVersion("temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)")).toBe("1.29.1");
  expect(serverVersion("temporal version 0.10.0")).toBeNull();
});

test("a Temporal server of one's own must be as new as what we run on; one that tells no version is believed", () => {
  for (const version of ["1.29.0", "1.30.1", "2.0.0", ""]) expect(isRecent(version)).toBe(true);
  for (const version of ["1.28.9", "0.30.0"]) expect(isRecent(version)).toBe(false);
});

test("a setting that is wrong is told in one sentence; what else was said is in the log", async () => {
  const log = path.join(home, "logs", "setup.log");
  const script = 'console.log("noise"); console.error("Cannot.\\nCorrect DATABASE_URL."); process.exit(1)';
  const failing = run(process.execPath, ["-e", script], { log, explained: /Cannot\.\n([\s\S]+)/ });
  await expect(failing).rejects.toMatchObject({ message: "Correct DATABASE_URL.", advice: expect.stringContaining("setup.log") });
  expect(readFileSync(log, "utf8")).toContain("noise");
});
