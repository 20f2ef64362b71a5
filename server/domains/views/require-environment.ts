import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

type Kind = "test" | "live";

/** The vendor's environment of that kind; `not_found` while there is none. */
export async function requireEnvironment(ctx: Ctx, input: { kind: Kind }): Promise<{ id: string; kind: Kind }> {
  const [row] = await readScoped<{ id: string; kind: Kind }[]>(
    ctx,
    (sql) => sql`select id, kind from environments where vendor_id = ${ctx.scope.vendorId} and kind = ${input.kind}`,
  );
  if (!row) throw new AppError("not_found", `There is no ${input.kind} environment yet.`);
  return row;
}
