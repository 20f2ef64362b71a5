import { eq } from "drizzle-orm";
import { environments, vendors } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { Language } from "#server/words/languages";
import { sayIn } from "#server/words/messages";
import { customerLetter, senderOf } from "./customer-letter";
import type { DigestFacts } from "./digest-facts";
import type { Letter } from "./letter";
import { digestLetter, endpointLetter } from "./member-letter";

export type LetterKind = "invite" | "reauth" | "endpointOff" | "digest";
/** `to`: whom it goes to. `from`: the name it comes from; null = the installation's own. */
export type LetterPreview = { kind: LetterKind; to: "customer" | "member"; from: string | null; replyTo: string | null } & Letter;

const FACTS: DigestFacts = {
  ...{ customers: 1_204, fresh: 31, records: 2_318_406, healed: 57, deletesHeld: 1, conflicts: 3, requests: 4 },
  ...{ endpointsOff: 1, consumersBehind: 1, attention: { vendor: 2, customer: 9, provider: 14, inlay: 0 } },
};

/**
 * Every letter there is as it would be sent now, by the functions that send them, with made-up names: those to customers in a
 * language, the vendor's words and look; those to members in English.
 */
export async function previewLetters(ctx: Ctx, { language }: { language: Language }): Promise<LetterPreview[]> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select({ branding: environments.branding, kind: environments.kind, vendorName: vendors.name })
      .from(environments)
      .innerJoin(vendors, eq(vendors.id, environments.vendorId))
      .where(eq(environments.id, ctx.scope.environmentId)),
  );
  if (!row) throw new AppError("not_found");
  const { origin } = ctx.config;
  const say = sayIn(language, row.branding.words);
  const from = { ...row, url: `${origin}/connect/link#lnk_example` };
  const { fromName, replyTo } = senderOf(row);
  const customer = { customer: "Globex", name: "Example CRM", account: "globex.example" };
  const desk = { ...row, origin };
  const endpoint = { url: "https://api.example.com/inlay", reason: "Every delivery failed for five days." };
  const digest = digestLetter(desk, FACTS, "weekly", `${origin}/api/unsubscribe?token=example`);
  const toMember = { to: "member" as const, from: null, replyTo: null };
  const toCustomer = { to: "customer" as const, from: fromName, replyTo };
  return [
    { kind: "invite", ...toCustomer, ...customerLetter(say, "invite", from, customer) },
    { kind: "reauth", ...toCustomer, ...customerLetter(say, "reauth", from, customer) },
    { kind: "endpointOff", ...toMember, ...endpointLetter(desk, endpoint) },
    ...(digest ? [{ kind: "digest" as const, ...toMember, ...digest }] : []),
  ];
}
