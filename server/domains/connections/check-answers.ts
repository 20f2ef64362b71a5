import { AppError } from "#server/lib/errors";
import { partsOf } from "#server/runtime/auth/answers";
import type { ConnectFieldSpec } from "#server/runtime/auth/parts";
import { inWordsOf } from "#server/words/connector-words";
import type { Say } from "#server/words/say";

const MAX_LENGTH = 4_000;
const MAX_LINES_LENGTH = 10_000;

function faultIn(field: ConnectFieldSpec, answer: string, say: Say): string | null {
  const { example } = field;
  const title = inWordsOf(say.language, field.title);
  if (answer === "") return field.required ? say("connect.field.needed", { title }) : null;
  if (answer.length > (field.multiline ? MAX_LINES_LENGTH : MAX_LENGTH)) return say("connect.field.too_long", { title });
  // What goes into a header or an address must not be able to end it; lines are for key files, which go into neither.
  if (/\p{Cc}/u.test(field.multiline ? answer.replace(/[\r\n\t]/g, "") : answer)) return say("connect.field.strange", { title });
  if (partsOf(field, answer) === null)
    return `${title}: ${example ? say("connect.field.wrong_like", { example }) : say("connect.field.wrong")}`;
  return null;
}

/** The answers of a connect form, trimmed and checked. Throws `invalid` with one message a field; never repeats an answer. */
export function checkAnswers(
  fields: readonly ConnectFieldSpec[],
  answers: Readonly<Record<string, string>>,
  say: Say,
): Record<string, string> {
  const faults: { path: string; message: string }[] = [];
  const checked: Record<string, string> = {};
  for (const field of fields) {
    const answer = (Object.hasOwn(answers, field.key) ? (answers[field.key] ?? "") : "").trim();
    const message = faultIn(field, answer, say);
    if (message !== null) faults.push({ path: field.key, message });
    else if (answer !== "") checked[field.key] = answer;
  }
  for (const key of Object.keys(answers))
    if (!fields.some((field) => field.key === key)) faults.push({ path: key, message: say("connect.field.unknown") });
  if (faults.length > 0)
    throw new AppError("invalid", faults.map((fault) => fault.message).join(" "), { details: { fields: faults, said: true } });
  return checked;
}
