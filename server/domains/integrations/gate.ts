import { z } from "zod";
import { AppError } from "#server/lib/errors";
import { loadExpressions } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";

/** What the vendor says of a customer, to decide by: the plan, the seats, what is switched on. Texts, numbers, yes or no, lists of texts. */
export const Traits = z
  .record(
    z.string().regex(/^[a-z][A-Za-z0-9_]{0,39}$/, "must begin with a small letter and hold letters, digits and _ only"),
    z.union([z.string().max(200), z.number(), z.boolean(), z.array(z.string().max(200)).max(50)]),
  )
  .refine((traits) => Object.keys(traits).length <= 30, "at most 30")
  .meta({
    description:
      'What you know of the customer, for the gates of integrations: `{ "plan": "pro", "seats": 25 }`. Takes the place of what was given before; not given, that stays.',
  });
export type Traits = z.infer<typeof Traits>;

/** Longest gate, in characters. */
export const GATE_LENGTH = 500;

/**
 * Whether a customer may connect an integration. Fails closed: a gate that cannot be read, or reads something that was never said of the
 * customer, lets nobody in. Wait for {@link readyFor} first.
 */
export function passesGate(gate: string | null, traits: unknown): boolean {
  if (gate === null) return true;
  try {
    const verdict = compileFilter(gate)(traits ?? {});
    return verdict.ok && verdict.passes;
  } catch {
    return false;
  }
}

/** Loads what gates are written in, if there is any. */
export async function readyFor(rows: readonly { gate: string | null }[]): Promise<void> {
  if (rows.some(({ gate }) => gate !== null)) await loadExpressions();
}

/** Throws `invalid` at `gate` for a text that is no expression. */
export async function checkGate(gate: string): Promise<void> {
  await loadExpressions();
  try {
    compileFilter(gate);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = error.message.replace(/^filter: /, "");
    throw new AppError("invalid", `gate: ${message}`, {
      details: { issues: [{ path: "gate", message }], fields: [{ path: "gate", message }] },
    });
  }
}
