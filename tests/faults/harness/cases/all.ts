import type { Case } from "../case";
import { DISK } from "./disk";
import { INFRASTRUCTURE } from "./infrastructure";
import { LOAD } from "./load";
import { PROCESS } from "./process";
import { RECORDS } from "./records";
import { TENANCY } from "./tenancy";
import { THIRD_PARTY } from "./third-party";
import { TOKENS } from "./tokens";
import { WEBHOOKS } from "./webhooks";

/** Every case of the harness, in the order they are played. */
export const CASES: readonly Case[] = [
  ...[...PROCESS, ...INFRASTRUCTURE, ...DISK, ...THIRD_PARTY, ...RECORDS],
  ...[...TOKENS, ...WEBHOOKS, ...TENANCY, ...LOAD],
];
