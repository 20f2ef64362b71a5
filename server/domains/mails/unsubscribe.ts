import { eq } from "drizzle-orm";
import { members } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { MemberId } from "#server/lib/ids";
import type { Sealed } from "#server/lib/vault";

const PLACE = { environmentId: "", customerId: "", ownerId: "digest", field: "unsubscribe", version: 1 };

/** The address that ends the digest of one member: who has the letter may, without a sign-in. */
export const unsubscribeUrl = ({ vault, config }: Pick<Deps, "vault" | "config">, memberId: MemberId): string =>
  `${config.origin}/api/unsubscribe?token=${vault.seal(memberId, PLACE)}`;

function memberOf(deps: Pick<Deps, "vault">, token: string): MemberId {
  try {
    return deps.vault.open(token as Sealed, PLACE) as MemberId;
  } catch {
    throw new AppError("not_found", "This link is not one of ours, or too old. Sign in and change it under Settings.");
  }
}

/** Ends the digest of the member that a link was made for; twice is fine. `not_found` for a link that was changed. */
export async function unsubscribe(deps: Pick<Deps, "db" | "vault">, { token }: { token: string }): Promise<void> {
  const memberId = memberOf(deps, token);
  await asSystem(deps.db, "a link in a letter says whose it is", (tx) =>
    tx.update(members).set({ digest: "off" }).where(eq(members.id, memberId)),
  );
}
