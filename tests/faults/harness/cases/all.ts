import type { Case } from "../case";
import { INFRASTRUCTURE } from "./infrastructure";
import { PROCESS } from "./process";

/** Every case of the harness, in the order they are played. */
export const CASES: readonly Case[] = [...PROCESS, ...INFRASTRUCTURE];
