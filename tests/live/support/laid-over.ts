import path from "node:path";
import { startChild } from "./child";
import { givenFor } from "./report";

/**
 * How to run `script` (a file of ours) so that the packages fetched for a system lie over this machine's /usr, /etc and /var/lib, for that
 * process alone: a mount namespace of its own. `state` is a folder of ours whose `etc` and `var` lie on top; it is all that is written to.
 */
export function laidOver(system: string, state: string, script: string, args: string[]): [string, string[]] {
  const { dir, namespace } = givenFor(system).debian;
  const root = path.join(dir, "root");
  const over = (name: string, ...above: string[]) =>
    `mount -t overlay overlay -o lowerdir=${[...above, `${root}/${name}`, `/${name}`].map((one) => `'${one}'`).join(":")} /${name}`;
  const mounts = [over("usr"), over("etc", `${state}/etc`), over("var/lib", `${state}/var/lib`)];
  return ["unshare", [...namespace, "sh", "-ec", `${mounts.join(" && ")} && exec sh "$0" "$@"`, path.resolve(script), state, ...args]];
}

/** Starts such a process; ready when `address` answers. */
export function startLaidOver(system: string, state: string, script: string, args: string[], address: string) {
  const [command, all] = laidOver(system, state, script, args);
  return startChild(command, all, { cwd: state, address });
}
