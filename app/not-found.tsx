import Link from "next/link";
import { Button } from "#components/ui/button.tsx";

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-6 text-center">
      <p className="font-medium text-secondary text-sm">404</p>
      <h1 className="mt-1 font-semibold text-xl">There is nothing at this address</h1>
      <p className="mt-2 max-w-[52ch] text-secondary">
        It may have been removed, belong to another environment, or the link may be incomplete.
      </p>
      <Button asChild className="mt-5">
        <Link href="/overview">Go to the overview</Link>
      </Button>
    </main>
  );
}
