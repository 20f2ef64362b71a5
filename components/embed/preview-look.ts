import type { Theme } from "#server/trpc/views/embed";
import type { MessageKey } from "#server/words/messages";

/** What the dashboard sends to the frame of its preview. */
export type PreviewLook = {
  theme: Theme;
  title: string | null;
  /** The vendor's own words of the language shown. */
  words: Partial<Record<MessageKey, string>>;
  screen: "marketplace" | "integration" | "connection";
};

/** By this the frame says that it listens. */
export const PREVIEW_READY = "inlay-preview-ready";
