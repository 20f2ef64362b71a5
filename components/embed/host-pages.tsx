import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

/** Pages shown before, or instead of, the marketplace. */
export function PlainPage({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <main className="mx-auto flex max-w-[52ch] flex-col items-center px-4 py-16 text-center">
      <h1 className="font-semibold text-lg">{title}</h1>
      <div className="mt-2 space-y-2 text-secondary">{children}</div>
      {action ? <div className="mt-5">{action}</div> : null}
    </main>
  );
}

/** The marketplace's own outline, while the page above fetches a session. */
export function WaitingPage() {
  return (
    <main aria-busy="true" aria-label="Loading integrations">
      <Skeleton className="h-6 w-44" />
      <Skeleton className="mt-3 w-72 max-w-full" />
      <CardSkeletons />
    </main>
  );
}

export function CardSkeletons() {
  return (
    <div aria-hidden="true" className="mt-6 grid gap-3 @lg:grid-cols-2 @4xl:grid-cols-3">
      {["a", "b", "c", "d", "e", "f"].map((key) => (
        <div key={key} className="h-[108px] rounded-lg border border-hairline bg-surface p-4">
          <div className="flex items-center gap-3">
            <Skeleton className="size-10 rounded-md" />
            <Skeleton className="w-28" />
          </div>
          <Skeleton className="mt-4 w-4/5" />
        </div>
      ))}
    </div>
  );
}

const reload = (
  <Button size="lg" onClick={() => window.location.reload()}>
    Reload
  </Button>
);

export function AlonePage({ vendorName }: { vendorName: string }) {
  return (
    <PlainPage title={`This page has to be opened inside ${vendorName}`}>
      <p>It shows the integrations of your account there, and only {vendorName} can tell us whose account that is.</p>
    </PlainPage>
  );
}

/** The page above us is there, but has not said yet whose account this is. When it does, the marketplace opens by itself. */
export function SlowPage({ vendorName, onRetry }: { vendorName: string; onRetry: () => void }) {
  return (
    <PlainPage
      title={`${vendorName} has not answered yet`}
      action={
        <Button size="lg" onClick={onRetry}>
          Ask again
        </Button>
      }
    >
      <p role="status">Your integrations open by themselves as soon as it does. Nothing is lost.</p>
    </PlainPage>
  );
}

export function RefusedPage({ vendorName }: { vendorName: string }) {
  return (
    <PlainPage title="Your integrations could not be opened" action={reload}>
      <p>
        {vendorName} did not give us a session for your account. Reload; if that does not help, sign in to {vendorName} again.
      </p>
    </PlainPage>
  );
}

export function EndedPage() {
  return (
    <PlainPage title="Your session has ended" action={reload}>
      <p>You were away for a while, or signed out. Reload to go on; nothing was lost and running syncs continue.</p>
    </PlainPage>
  );
}
