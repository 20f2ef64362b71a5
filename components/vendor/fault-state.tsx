"use client";

import Link from "next/link";
import { faultOf } from "#components/trpc/fault";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

type FaultStateProps = {
  error: unknown;
  onRetry?: () => void;
  /** Where to go from a thing that does not exist. */
  back?: { href: string; label: string };
};

/** An error in place of a page or a table, with the one button that helps. */
export function FaultState({ error, onRetry, back }: FaultStateProps) {
  const fault = faultOf(error);
  if (fault.code === "unauthenticated") {
    return (
      <ErrorState
        fault={{ ...fault, text: "Your session has ended.", detail: "Nothing was lost. Sign in to go on." }}
        showFixer={false}
        action={
          <Button asChild variant="primary">
            <a href="/sign-in">Sign in again</a>
          </Button>
        }
      />
    );
  }
  if (fault.code === "not_found") {
    return (
      <ErrorState
        fault={{ ...fault, text: "This does not exist here.", detail: "It may have been removed, or belong to the other environment." }}
        showFixer={false}
        action={
          back ? (
            <Button asChild>
              <Link href={back.href}>{back.label}</Link>
            </Button>
          ) : undefined
        }
      />
    );
  }
  return <ErrorState fault={fault} onRetry={onRetry} />;
}
