import path from "node:path";

/** How one simulator runs. Times are milliseconds unless named otherwise. */
export type SimulatorSettings = {
  /** 0 takes any free port. */
  port: number;
  /** Folder of what has to survive a restart; null keeps nothing. */
  stateDir: string | null;
  /** Fixes all generated data. */
  seed: number;
  /** Origin of the product whose OAuth callback is accepted besides loopback; null for loopback alone. */
  appOrigin: string | null;
};

export const DEFAULT_PORT = 4640;

/** Reads the settings of the stand-alone process; throws with every fault listed. */
export function readSettings(env: Record<string, string | undefined>): SimulatorSettings {
  const faults: string[] = [];
  const integer = (name: string, fallback: number, max: number) => {
    const raw = env[name];
    if (raw === undefined || raw === "") return fallback;
    const value = Number(raw);
    if (!Number.isInteger(value) || value < 0 || value > max) faults.push(`${name} must be a whole number from 0 to ${max}, got "${raw}"`);
    return value;
  };
  const settings: SimulatorSettings = {
    port: integer("INLAY_SIMULATOR_PORT", DEFAULT_PORT, 65_535),
    stateDir: path.resolve(env["INLAY_HOME"] || ".inlay", "simulator"),
    seed: integer("INLAY_SIMULATOR_SEED", 1, 0xffff_ffff),
    appOrigin: env["INLAY_ORIGIN"] || null,
  };
  if (settings.appOrigin !== null && !URL.canParse(settings.appOrigin))
    faults.push(`INLAY_ORIGIN must be a URL, got "${settings.appOrigin}"`);
  if (faults.length > 0) throw new Error(`The simulator cannot start:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  return settings;
}
