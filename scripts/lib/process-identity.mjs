import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process of that id exists (also when it is another user's). */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error.code === "EPERM";
  }
}

const readOr = (file, other) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return other;
  }
};

const isZombie = (pid) => /^\d+ \(.*\) Z/s.test(readOr(`/proc/${pid}/stat`, ""));

function ps(pid, column) {
  try {
    return execFileSync("ps", ["-p", String(pid), "-o", `${column}=`], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** The command line of a process, or "" when it cannot be had. */
export const commandOf = (pid) => readOr(`/proc/${pid}/cmdline`, "").replaceAll("\0", " ").trim() || ps(pid, "command");

/**
 * What tells a process from a later one under the same id: the boot and the moment in it at which it began. "" when there is
 * none. On Linux the 22nd field of /proc/<pid>/stat (proc(5)), counted behind the name, which may hold anything.
 */
export function birthOf(pid) {
  const stat = readOr(`/proc/${pid}/stat`, "");
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return ticks ? `${readOr("/proc/sys/kernel/random/boot_id", "").trim()}/${ticks}` : ps(pid, "lstart").replaceAll(" ", "_");
}

/** Whether the process of that id is still the one that was born then. Without a birth nothing is known of it: false. */
export const isStill = (pid, birth) => isAlive(pid) && Boolean(birth) && birthOf(pid) === birth;
