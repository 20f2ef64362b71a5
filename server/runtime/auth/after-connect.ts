import { AppError } from "#server/lib/errors";
import { parseJson } from "../classify";
import { at, fill } from "../paths";
import type { Grant } from "../send";
import { foundIn } from "./answers";
import { type Caller, makeCall } from "./call";
import { holesIn } from "./holes";
import type { AfterConnect } from "./schema";

/** Whether a value is the one that is asked for: as it is written, or what the customer entered in its place. */
function isMeant(found: unknown, equals: string | number | boolean, known: Readonly<Texts>): boolean {
  if (typeof equals !== "string" || holesIn(equals).length === 0) return found === equals;
  return String(found).trim().toLowerCase() === fill(equals, known).trim().toLowerCase();
}

/** The entry of a list that is meant. Throws `provider_invalid_response` when there is none, or more than one where one is wanted. */
function chosen({ list }: AfterConnect, json: unknown, name: string, known: Readonly<Texts>): unknown {
  if (!list) return json;
  const found = list.path === undefined ? json : at(json, list.path);
  if (!Array.isArray(found)) throw new AppError("provider_invalid_response", `${name} sent no list of accounts.`);
  const { where } = list;
  const fit = where ? found.filter((one) => isMeant(at(one, where.path), where.equals, known)) : found;
  if (fit.length === 0) throw new AppError("provider_invalid_response", `${name} named no account this sign-in may use.`);
  if (list.pick === "only" && fit.length > 1)
    throw new AppError("invalid", `${name} allows ${fit.length} accounts with this sign-in; allow one only, and try again.`);
  return fit[0];
}

async function answerTo(caller: Caller, { call }: AfterConnect, grant: Grant): Promise<unknown> {
  const answer = await makeCall(caller, call, grant.values, { headers: grant.headers, query: grant.query });
  if (answer.status === 401 || answer.status === 403)
    throw new AppError("reauth_required", `${caller.name} refused the credential it was just given.`);
  if (answer.status < 200 || answer.status >= 300)
    throw new AppError("provider_invalid_response", `${caller.name} answered ${answer.status} when asked about the account.`);
  return parseJson(caller.name, answer.body, answer.headers["content-type"]);
}

type Texts = Record<string, string>;

/** What is known of the account, and `kept`: what of it proves, and is sealed with the credential. */
export type ToldAfter = { config: Texts; kept: Texts };

/** Asks what is asked once after the consent. Later questions know what earlier ones found. */
export async function afterConnect(
  caller: Caller,
  questions: readonly AfterConnect[],
  config: Readonly<Texts>,
  grantFor: (told: ToldAfter) => Grant,
): Promise<ToldAfter> {
  const told: ToldAfter = { config: { ...config }, kept: {} };
  for (const question of questions) {
    const grant = grantFor(told);
    const one = chosen(question, await answerTo(caller, question, grant), caller.name, told.config);
    for (const [key, found] of Object.entries(question.config)) {
      const values = foundIn(one, key, found);
      if (values === null) throw new AppError("provider_invalid_response", `${caller.name} sent no "${key}" that its connector allows.`);
      Object.assign(typeof found === "object" && "secret" in found ? told.kept : told.config, values);
    }
  }
  return told;
}
