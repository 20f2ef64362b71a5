import type { Case } from "../case";
import { INFRASTRUCTURE } from "./infrastructure";
import { PROCESS } from "./process";
import { TENANCY } from "./tenancy";
import { THIRD_PARTY } from "./third-party";
import { TOKENS } from "./tokens";

/** Every case of the harness, in the order they are played. */
export const CASES: readonly Case[] = [...PROCESS, ...INFRASTRUCTURE, ...THIRD_PARTY, ...TOKENS, ...TENANCY];
