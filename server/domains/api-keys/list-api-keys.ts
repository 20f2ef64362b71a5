import { desc, eq } from "drizzle-orm";
import { apiKeys } from "#server/db/schema";
import type { ApiScope } from "#server/db/schema/identity";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { keyColumns } from "./internal";

export type ApiKey = {
  id: string;
  name: string;
  hint: string;
  scopes: ApiScope[];
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

/** Secret keys of the environment, newest first, revoked ones too. */
export function listApiKeys(ctx: Ctx, _input: Record<string, never>): Promise<ApiKey[]> {
  return withScope(ctx, (tx) =>
    tx.select(keyColumns).from(apiKeys).where(eq(apiKeys.environmentId, ctx.scope.environmentId)).orderBy(desc(apiKeys.createdAt)),
  );
}
