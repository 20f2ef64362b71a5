import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { checkWholeBasis } from "./internal";
import { type PublishedVersion, publishVersion } from "./publish-version";
import type { Pacing } from "./schema";

export type PublishTemplate = {
  templateId: TemplateId;
  /** What the caller saw: `conflict` when anything of it was drafted or published otherwise since. */
  basis?: string | undefined;
  /** Bring it to customers step by step; not given = to all at once. */
  rollout?: Pacing | undefined;
  /** Turn off what the version no longer has for the customers who run it. */
  stopRunning?: boolean | undefined;
};

/** Publishes all that is drafted of a template and its mappings as its next version; see {@link publishVersion}. */
export const publishTemplate = (ctx: Ctx, { basis, ...input }: PublishTemplate): Promise<PublishedVersion> =>
  publishVersion(ctx, { ...input, check: (tx, locked) => checkWholeBasis(ctx, tx, locked, basis) });
