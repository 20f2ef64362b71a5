import { z } from "zod";
import type { Sealed, Vault } from "#server/lib/vault";

/** A stored letter: its row, and whose customer it is about. */
type Place = { id: string; environmentId: string; customerId: string | null };
/** `unsubscribeUrl`: where one click ends letters of this kind. It is a secret as well. */
type Words = { text: string; html: string; unsubscribeUrl?: string | undefined };

const placeOf = ({ id, environmentId, customerId }: Place) => ({
  environmentId,
  customerId: customerId ?? "",
  ownerId: id,
  field: "mail",
  version: 1,
});
const Stored = z.object({ text: z.string(), html: z.string(), unsubscribeUrl: z.string().optional() });

/** The words of a letter as they are stored: they hold a link that lets somebody in. */
export const sealLetter = (vault: Vault, place: Place, { text, html, unsubscribeUrl }: Words): Sealed =>
  vault.seal(JSON.stringify({ text, html, unsubscribeUrl }), placeOf(place));

/** Throws when the key that sealed it is gone, or the row is not where it was sealed for. */
export const openLetter = (vault: Vault, place: Place, sealed: string): Words =>
  Stored.parse(JSON.parse(vault.open(sealed as Sealed, placeOf(place))));
