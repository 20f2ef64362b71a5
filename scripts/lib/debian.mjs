import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Stop } from "./progress.mjs";
import { run, tryRun } from "./run.mjs";

const NO_NETWORK = "Needs the network and a `deb` line in apt's sources; `apt-get update` brings its lists up to date.";

/** How a process gets a view of the file system of its own: as root, or as nobody in particular where the kernel lets one. */
const NAMESPACE = process.getuid?.() === 0 ? ["--mount"] : ["--mount", "--map-root-user"];

/** What apt would fetch so that `packages` run here: addresses, with their checksums. */
async function wanted(packages) {
  const list = await run("apt-get", ["install", "--no-install-recommends", "--print-uris", "-qq", "-y", ...packages], {
    advice: "`apt-get update` brings apt's lists up to date.",
  });
  return list.split("\n").flatMap((line) => {
    const [, uri, sum] = /^'([^']+)' \S+ \d+ (?:SHA256:(\w+))?/.exec(line) ?? [];
    return uri ? [{ uri, sum }] : [];
  });
}

async function fetchInto(dir, { uri, sum }) {
  const answer = await fetch(uri);
  if (!answer.ok) throw new Stop(`${uri} answered ${answer.status}`, NO_NETWORK);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (sum && createHash("sha256").update(bytes).digest("hex") !== sum) throw new Stop(`${uri} is not what apt's lists say`);
  const file = path.join(dir, path.basename(uri));
  writeFileSync(file, bytes);
  await run("dpkg-deb", ["--extract", file, path.join(dir, "root")]);
  rmSync(file);
}

/**
 * Unpacks `packages`, and what they need that this machine lacks, into a folder of `cache`; nothing is installed. Processes
 * see it laid over the machine's own /usr and /etc, in a mount namespace of their own (tests/live/support/laid-over.ts). Returns the
 * folder; throws a Stop that says why it cannot be.
 */
export async function provideDebian(packages, cache) {
  for (const tool of ["apt-get", "dpkg-deb", "unshare"])
    if ((await tryRun(tool, ["--version"])) === null) throw new Stop(`there is no ${tool} here`);
  const packed = await wanted(packages);
  const name = createHash("sha256").update(JSON.stringify(packed)).digest("hex").slice(0, 12);
  const dir = path.join(cache, `debian-${packages[0]}-${name}`);
  if (!existsSync(dir)) {
    const partial = `${dir}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(path.join(partial, "root", "usr"), { recursive: true });
    for (let i = 0; i < packed.length; i += 8) await Promise.all(packed.slice(i, i + 8).map((one) => fetchInto(partial, one)));
    renameSync(partial, dir);
  }
  const trial = `mount -t overlay overlay -o lowerdir='${dir}/root/usr':/usr /usr`;
  if ((await tryRun("unshare", [...NAMESPACE, "sh", "-c", trial])) === null)
    throw new Stop("no file system can be laid over /usr here", "Needs root, or user namespaces with overlay file systems.");
  return { dir, namespace: NAMESPACE };
}
