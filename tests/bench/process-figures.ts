import { readFileSync } from "node:fs";

/** CPU a process has used so far (user + system, ms; the kernel counts in 10 ms). Linux only; 0 elsewhere. */
export function cpuMs(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** Resident memory now and at its highest, in MB (10^6 bytes). Linux only; 0 elsewhere. */
export function memoryMb(pid: number | undefined): { now: number; peak: number } {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
    return { now: Math.round((kilobytes("VmRSS") * 1024) / 1e6), peak: Math.round((kilobytes("VmHWM") * 1024) / 1e6) };
  } catch {
    return { now: 0, peak: 0 };
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
