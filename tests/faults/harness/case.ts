import type { Audit } from "./auditor";
import type { Account, Bed, BedOptions } from "./bed";

/** What a case tells while it runs; it stands in the report. */
export type Tell = {
  /** Seconds from the end of the fault to full service. */
  recovery(seconds: number): void;
  /** The extra figure of the case: what was counted, and how many. */
  figure(what: string, value: number | string): void;
  /** The code that customer and vendor are shown meanwhile. */
  shown(code: string): void;
};

export type Case = {
  /** Of the catalogue: `F-4`. */
  id: string;
  /** About how long it takes on two quiet cores. */
  seconds: number;
  /** Whether it needs a machine to itself: Postgres, Temporal or settings of its own. Others share one, one after the other. */
  own?: Omit<BedOptions, "seed">;
  /** Part of `--fast`. */
  fast?: true;
  /** Accounts the auditor compares; all of the bed's without. */
  run(bed: Bed, tell: Tell): Promise<Account[] | undefined>;
};

export type Result = {
  id: string;
  seed: number;
  at: string;
  seconds: number;
  recovery: number | null;
  figures: string[];
  shown: string[];
  audit: Audit | null;
  /** Why it failed, in words; null = passed. */
  failed: string | null;
};
