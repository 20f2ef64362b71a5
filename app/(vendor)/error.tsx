"use client";

import { faultOf } from "#components/trpc/fault";
import { ErrorState } from "#components/ui/error-state.tsx";

export default function VendorError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const fault = { ...faultOf(error), text: "This page could not be shown.", detail: "The rest of the dashboard still works." };
  return <ErrorState fault={{ ...fault, requestId: error.digest ?? null }} onRetry={reset} />;
}
