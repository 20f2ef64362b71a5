import type { Branding } from "#server/db/schema/identity";
import type { Say, Values } from "#server/words/say";
import { type Letter, letterOf } from "./letter";

/** From whom, and the link it is about. */
type From = { vendorName: string; branding: Branding; url: string };

/** Whose name a letter to a customer comes from, and where answers to it go. */
export const senderOf = ({ vendorName, branding }: Pick<From, "vendorName" | "branding">) => ({
  fromName: branding.senderName ?? vendorName,
  replyTo: branding.replyTo ?? null,
});

/** The letters there are, in the words and the look of the vendor. */
export function customerLetter(say: Say, kind: "invite" | "reauth", { vendorName, branding, url }: From, given: Values): Letter {
  const values = { ...given, vendor: vendorName };
  const [subject, text] = [say(`mail.${kind}.subject`, values), say(`mail.${kind}.text`, values)];
  const [action, foot] = [say(`mail.${kind}.action`, values), say(`mail.${kind}.foot`, values)];
  const look = { vendorName, accent: branding.accent ?? null, logoUrl: branding.logoUrl ?? null };
  return letterOf(say, look, { subject, text, action, foot, url });
}
