import type { Tone } from "#components/ui/badge.tsx";
import type { IntegrationRow } from "#server/trpc/views";

export const VISIBILITY: Record<IntegrationRow["status"], { label: string; tone: Tone; hint: string }> = {
  available: { label: "Available", tone: "success", hint: "Customers can connect it." },
  coming_soon: { label: "Coming soon", tone: "neutral", hint: "Customers see it, but cannot connect it yet." },
  hidden: { label: "Hidden", tone: "neutral", hint: "Customers do not see it. Existing connections keep working." },
};
