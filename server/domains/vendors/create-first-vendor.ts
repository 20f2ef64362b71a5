import { sql } from "drizzle-orm";
import { apiKeys, environments, members, vendors } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { MemberId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";
import type { FirstVendor } from "./schema";

const LOCK = 4_715_298; // any constant: "inlay is set up"

export type FirstAccess = {
  member: { id: MemberId; email: string };
  publishableKey: string;
  /** Secret key of the test environment. Given this once; only its hash is kept. */
  secretKey: string;
};

const slugOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "vendor";

/**
 * The first vendor of an installation, whole: test and live environments, its owner, a secret key of the test environment.
 * Only while there is no vendor: `conflict` afterwards, also for whoever asked at the same moment.
 */
export function createFirstVendor(deps: Pick<Deps, "db">, input: FirstVendor): Promise<FirstAccess> {
  const email = input.email.toLowerCase();
  return asSystem(deps.db, "the first vendor is made before there is a scope", async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const [known] = await tx.select({ id: vendors.id }).from(vendors).limit(1);
    if (known) throw new AppError("conflict", "Inlay is set up already. Sign in instead.");
    const [vendor] = await tx
      .insert(vendors)
      .values({ name: input.name, slug: slugOf(input.name) })
      .returning({ id: vendors.id });
    if (!vendor) throw new Error("an insert returned no row");
    const worlds = await tx
      .insert(environments)
      .values((["test", "live"] as const).map((kind) => ({ vendorId: vendor.id, kind, publishableKey: newToken(`pk_${kind}_`) })))
      .returning({ id: environments.id, kind: environments.kind, publishableKey: environments.publishableKey });
    const test = worlds.find(({ kind }) => kind === "test");
    const [member] = await tx
      .insert(members)
      .values({ vendorId: vendor.id, email, role: "owner" })
      .returning({ id: members.id, email: members.email });
    if (!test || !member) throw new Error("an insert returned no row");
    const secretKey = newToken("sk_test_");
    await tx.insert(apiKeys).values({
      vendorId: vendor.id,
      environmentId: test.id,
      name: "First key",
      hint: `${secretKey.slice(0, 12)}…`,
      secretHash: hashToken(secretKey),
      createdBy: member.id,
    });
    return { member, publishableKey: test.publishableKey, secretKey };
  });
}
