import { AppError } from "#server/lib/errors";
import type { ConnectFieldSpec } from "#server/runtime/manifest";

const MAX_LENGTH = 4_000;

function faultIn(field: ConnectFieldSpec, answer: string): string | null {
  if (answer === "") return field.required ? `${field.title} is needed.` : null;
  if (answer.length > MAX_LENGTH) return `${field.title} is too long.`;
  // What goes into a header or an address must not be able to end it.
  if (/\p{Cc}/u.test(answer)) return `${field.title} holds a line break or another character that cannot be sent.`;
  if (field.pattern !== undefined && !new RegExp(`^(?:${field.pattern})$`, "u").test(answer))
    return `${field.title} does not look right${field.example ? `, for example ${field.example}` : ""}.`;
  return null;
}

/** The answers of a connect form, trimmed and checked. Throws `invalid` with one message a field; never repeats an answer. */
export function checkAnswers(fields: readonly ConnectFieldSpec[], answers: Readonly<Record<string, string>>): Record<string, string> {
  const faults: { path: string; message: string }[] = [];
  const checked: Record<string, string> = {};
  for (const field of fields) {
    const answer = (Object.hasOwn(answers, field.key) ? (answers[field.key] ?? "") : "").trim();
    const message = faultIn(field, answer);
    if (message !== null) faults.push({ path: field.key, message });
    else if (answer !== "") checked[field.key] = answer;
  }
  for (const key of Object.keys(answers))
    if (!fields.some((field) => field.key === key)) faults.push({ path: key, message: "There is no such field." });
  if (faults.length > 0) throw new AppError("invalid", faults.map((fault) => fault.message).join(" "), { details: { fields: faults } });
  return checked;
}
