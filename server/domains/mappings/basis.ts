import { createHash } from "node:crypto";
import type { MappingContent } from "#server/trpc/views";

/**
 * Names what somebody who edits a mapping began with: the version in force and the draft beside it. Another name later means
 * that somebody else has published or saved meanwhile.
 */
export function basisOf(published: { version: number } | null | undefined, draft: MappingContent | null | undefined): string {
  const content = draft ? [draft.fields, draft.filter, draft.choices] : null;
  return `${published?.version ?? 0}-${createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 16)}`;
}
