"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useRef } from "react";
import { cn } from "#components/cn";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { faultOf } from "#components/trpc/fault";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { FromFrame, View, WidgetEvent } from "#components/widget/protocol";
import type { ErrorCode } from "#server/lib/errors";
import type { EmbedBootstrap } from "#server/trpc/views/embed";
import { ClaimScreen } from "./claim-screen.tsx";
import { ConnectScreen } from "./connect-screen.tsx";
import { ConnectionScreen } from "./connection-screen.tsx";
import { EndedPage, WaitingPage } from "./host-pages.tsx";
import { IntegrationScreen } from "./integration-screen.tsx";
import { useSay } from "./language.tsx";
import { MarketplaceHead } from "./marketplace-head.tsx";
import { MarketplaceScreen } from "./marketplace-screen.tsx";
import { NavigationProvider, type Screen, screenOf, useNavigation } from "./navigation.tsx";
import { ScreenSkeleton } from "./parts.tsx";
import { pendingScreen } from "./pending-authorization";
import { sayFault } from "./say-fault";
import { TurnOnScreen } from "./turn-on-screen.tsx";

// The engine that tries a mapping in the browser is loaded when somebody maps.
const MappingStep = lazy(async () => ({ default: (await import("./mapping-step.tsx")).MappingStep }));

type EmbedAppProps = {
  opening: View;
  /** What the page asked to be shown later on. */
  asked: View | null;
  page: string;
  renew: () => Promise<string | null>;
  modal: boolean;
  send: (message: FromFrame) => void;
  /** Changes the language to the session's; null when the page has said one. */
  speak: ((language: string) => Promise<void>) | null;
};

function Current({ screen, bootstrap }: { screen: Screen; bootstrap: EmbedBootstrap }) {
  const say = useSay();
  switch (screen.name) {
    case "marketplace":
      return <MarketplaceScreen bootstrap={bootstrap} />;
    case "integration":
      return <IntegrationScreen integrationId={screen.integrationId} vendorName={bootstrap.vendorName} />;
    case "connect":
      return <ConnectScreen {...screen} vendorName={bootstrap.vendorName} />;
    case "claim":
      return <ClaimScreen token={screen.token} />;
    case "turn-on":
      return <TurnOnScreen {...screen} vendorName={bootstrap.vendorName} />;
    case "map":
      return (
        <Suspense fallback={<ScreenSkeleton label={say("map.loading")} />}>
          <MappingStep {...screen} vendorName={bootstrap.vendorName} />
        </Suspense>
      );
    case "connection":
      return <ConnectionScreen connectionId={screen.connectionId} tab={screen.tab ?? "overview"} vendorName={bootstrap.vendorName} />;
  }
}

/** What the engineer who embeds is told when the session itself is refused; the customer reads a page of its own. */
const REFUSED: Partial<Record<ErrorCode, string>> = {
  unauthenticated: "The session token was refused: it is unknown or has expired. Let session() get a new one each time it is asked.",
  forbidden: "The session token was refused: it was made for another origin than this page's. Mint it with this page's origin.",
};

function Screens({ asked, modal, send, speak }: Omit<EmbedAppProps, "opening" | "page" | "renew">) {
  const trpc = useEmbed();
  const { screen, go } = useNavigation();
  const bootstrap = useQuery(trpc.session.bootstrap.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const main = useRef<HTMLElement>(null);
  const close = useCallback(() => send({ type: "close" }), [send]);
  const say = useSay();

  useEffect(() => {
    if (asked) go(screenOf(asked));
  }, [asked, go]);

  const cache = useQueryClient();
  const wanted = bootstrap.data?.language;
  const { language } = say;
  const title = say("frame.title");
  useEffect(() => send({ type: "title", title }), [title, send]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the session has told it
  useEffect(() => {
    // What was answered in the meantime was in another language.
    if (wanted && wanted !== language) void speak?.(wanted).then(() => cache.invalidateQueries());
  }, [wanted]);

  const ready = bootstrap.isSuccess;
  const refusal = bootstrap.error ? faultOf(bootstrap.error) : null;
  const problem = refusal && (REFUSED[refusal.code] ?? refusal.text);
  useEffect(() => {
    if (ready) send({ type: "event", event: { type: "ready" } });
    else if (problem) send({ type: "event", event: { type: "error", message: problem } });
    // A dialog has the focus already: it is led to the content. A page keeps its own.
    if (ready && modal) main.current?.focus({ preventScroll: true });
  }, [ready, problem, modal, send]);

  // A new screen starts at its head, for eyes and for screen readers alike; not the very first, which must not take the focus.
  const shown = useRef(screen);
  useEffect(() => {
    if (shown.current === screen) return;
    shown.current = screen;
    const element = main.current;
    element?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    if (element) send({ type: "resize", height: Math.ceil(element.getBoundingClientRect().height) + 12, top: true });
  }, [screen, send]);

  if (bootstrap.isPending) return <WaitingPage />;
  if (bootstrap.isError) {
    const fault = sayFault(bootstrap.error, say);
    if (fault.code === "unauthenticated") return <EndedPage />;
    return <ErrorState fault={fault} showFixer={false} onRetry={() => void bootstrap.refetch()} />;
  }
  return (
    <main ref={main} tabIndex={-1} className={cn("relative mx-auto max-w-[1040px] outline-none", modal && "[&_header]:pe-10")}>
      {modal ? (
        <Button variant="ghost" size="icon" aria-label={say("frame.close")} className="absolute end-0 top-0 z-10" onClick={close}>
          <X aria-hidden="true" />
        </Button>
      ) : null}
      <MarketplaceHead logoUrl={bootstrap.data.theme.logoUrl} />
      <Current key={JSON.stringify(screen)} screen={screen} bootstrap={bootstrap.data} />
    </main>
  );
}

export function EmbedApp({ opening, asked, page, renew, modal, send, speak }: EmbedAppProps) {
  const emit = useCallback((event: WidgetEvent) => send({ type: "event", event }), [send]);
  const start = useRef<Screen | null>(null);
  start.current ??= pendingScreen() ?? screenOf(opening);
  return (
    <NavigationProvider start={start.current} page={page} renew={renew} emit={emit}>
      <Screens asked={asked} modal={modal} send={send} speak={speak} />
    </NavigationProvider>
  );
}
