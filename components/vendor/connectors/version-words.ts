import type { Tone } from "#components/ui/badge.tsx";
import type { VersionStatus } from "#server/domains/connectors/schema";

export const VERSION_STATE: Record<VersionStatus, { label: string; tone: Tone }> = {
  draft: { label: "Draft", tone: "neutral" },
  published: { label: "Published", tone: "success" },
  retired: { label: "Retired", tone: "neutral" },
};
