import type { FieldFault } from "#server/mapping/compile";
import { compileReader } from "#server/mapping/paths";
import type { WayBack } from "../streams/way-back";

type Data = Record<string, unknown>;

/** What one field of an own record becomes at the third party. */
export type WrittenField = {
  /** Field of the model, and its place at the third party. */
  target: string;
  path: string;
  ours: unknown;
  theirs: unknown;
  /** Why it cannot be written as it is; null = it can. */
  fault: Pick<FieldFault, "code" | "message"> | null;
};

const isNothing = (value: unknown) => value === undefined || value === null || value === "";

/** What of an own record would be sent as a new record, field by field, in the mapping's order: by the way back that pushes go. Pure. */
export function writtenOf(way: WayBack, data: Data): WrittenField[] {
  const ours = way.flat(data);
  const keys = way.back.map(({ key }) => key).filter((key) => !isNothing(ours[key]));
  const whole = way.toTheirs(data, keys);
  return way.back.map(({ key, path }): WrittenField => {
    const field = { target: key, path, ours: ours[key] ?? null, theirs: null, fault: null };
    if (isNothing(ours[key])) return field; // what we never told empties nothing there
    // One that does not fit holds the record back; what becomes of the others shows all the same.
    const sent = whole.ok ? whole : way.toTheirs(data, [key]);
    if (sent.ok) return { ...field, theirs: compileReader(path)(sent.data) ?? null };
    const { code = "mapping_failed", message = "does not fit" } = sent.faults[0] ?? {};
    return { ...field, fault: { code, message } };
  });
}
