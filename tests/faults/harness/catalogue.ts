import { PROCESS } from "./catalogue-own";
import { TENANCY, TOKENS, WEBHOOKS, WRITES } from "./catalogue-rest";
import { THIRD_PARTY } from "./catalogue-third-party";
import type { Fault, Row } from "./fault";

const numbered = (from: number, kind: Fault["kind"], rows: Row[]): Fault[] => rows.map((row, n) => ({ id: `F-${from + n}`, kind, ...row }));

/** Every fault that the reliability plan names, in its order. */
export const CATALOGUE: readonly Fault[] = [
  ...numbered(1, "process and infrastructure", PROCESS),
  ...numbered(27, "third party", THIRD_PARTY),
  ...numbered(60, "tokens", TOKENS),
  ...numbered(66, "writes", WRITES),
  ...numbered(70, "webhooks", WEBHOOKS),
  ...numbered(84, "tenancy and load", TENANCY),
];
