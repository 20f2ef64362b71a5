"use client";

import type { IntegrationDetail } from "#server/trpc/views/embed";
import { openPopup } from "./authorization-popup";
import { useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";

/** Begins to connect an account; to be called in the click itself, or popup blockers stop the window of the third party. */
export function useConnect(): (detail: IntegrationDetail) => void {
  const { go } = useNavigation();
  const say = useSay();
  return (detail) => {
    if (detail.authType === "oauth2_code" && detail.fields.length === 0) openPopup(detail.name, say);
    go({ name: "connect", integrationId: detail.id });
  };
}
