"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { NAV } from "#components/vendor/nav-items";
import { ERRORS } from "#server/lib/errors";

const { fixer, next } = ERRORS.not_found;
const ROOMS = NAV.flatMap(({ items }) => items);

/** What stands in place of a customer, run, template … that is not there, with the way to those that are. */
export function MissingPage() {
  const path = usePathname();
  const room = ROOMS.find(({ href }) => path.startsWith(`${href}/`)) ?? { href: "/overview", label: "Overview" };
  return (
    <ErrorState
      fault={{
        code: "not_found",
        fixer,
        next,
        text: "This does not exist here.",
        detail: "It may have been removed, or belong to the other environment.",
        requestId: null,
      }}
      showFixer={false}
      action={
        <Button asChild>
          <Link href={room.href}>{`Go to ${room.label}`}</Link>
        </Button>
      }
    />
  );
}
