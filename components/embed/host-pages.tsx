import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useSay } from "./language.tsx";

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
  const say = useSay();
  return (
    <main aria-busy="true" aria-label={say("frame.loading")}>
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

function Reload() {
  const say = useSay();
  return (
    <Button size="lg" onClick={() => window.location.reload()}>
      {say("frame.reload")}
    </Button>
  );
}

export function AlonePage({ vendorName }: { vendorName: string }) {
  const say = useSay();
  return (
    <PlainPage title={say("frame.alone.title", { vendor: vendorName })}>
      <p>{say("frame.alone.text", { vendor: vendorName })}</p>
    </PlainPage>
  );
}

/** The page above us is there, but has not said yet whose account this is. When it does, the marketplace opens by itself. */
export function SlowPage({ vendorName, onRetry }: { vendorName: string; onRetry: () => void }) {
  const say = useSay();
  return (
    <PlainPage
      title={say("frame.slow.title", { vendor: vendorName })}
      action={
        <Button size="lg" onClick={onRetry}>
          {say("frame.slow.action")}
        </Button>
      }
    >
      <p role="status">{say("frame.slow.text")}</p>
    </PlainPage>
  );
}

export function RefusedPage({ vendorName }: { vendorName: string }) {
  const say = useSay();
  return (
    <PlainPage title={say("frame.refused.title")} action={<Reload />}>
      <p>{say("frame.refused.text", { vendor: vendorName })}</p>
    </PlainPage>
  );
}

export function EndedPage() {
  const say = useSay();
  return (
    <PlainPage title={say("frame.ended.title")} action={<Reload />}>
      <p>{say("frame.ended.text")}</p>
    </PlainPage>
  );
}
