"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { EmbedProvider, useEmbed } from "#components/trpc/embed-provider.tsx";
import type { Theme } from "#server/trpc/views/embed";
import { Connect } from "./connect-screen.tsx";
import { PlainPage, SlowPage } from "./host-pages.tsx";
import { LanguageProvider, type Spoken, useSay } from "./language.tsx";
import { type LinkSession, openSecret, takeSecret } from "./link-session";
import { MarketplaceHead } from "./marketplace-head.tsx";
import { NavigationProvider, type Screen, useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, ScreenSkeleton } from "./parts.tsx";
import { pendingScreen } from "./pending-authorization";
import { applyTheme, loadFont, mergeTheme, withOwnFont } from "./theme";

type LinkRootProps = { publishableKey: string; vendorName: string; theme: Theme; spoken: Spoken };

function GonePage() {
  const say = useSay();
  return (
    <PlainPage title={say("link.gone.title")}>
      <p>{say("link.gone.text")}</p>
    </PlainPage>
  );
}

/** The one account, from the first press to "done". Nothing else of the marketplace is to be had here. */
function LinkScreens({ session }: { session: LinkSession }) {
  const say = useSay();
  const trpc = useEmbed();
  const { screen } = useNavigation();
  const { integrationId } = session;
  // Whoever cancels stands before the same question again: there is nowhere else to go.
  const connected = screen.name === "turn-on" || screen.name === "connection";
  const bootstrap = useQuery(trpc.session.bootstrap.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const query = useQuery(
    trpc.marketplace.get.queryOptions({ integrationId }, { staleTime: Number.POSITIVE_INFINITY, enabled: !connected }),
  );
  if (bootstrap.isError) return <ScreenFault error={bootstrap.error} retry={() => void bootstrap.refetch()} />;
  if (query.isError) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  if (bootstrap.isPending || query.isPending) return <ScreenSkeleton label={say("frame.loading_screen")} />;
  const { customerName: customer, vendorName: vendor, theme } = bootstrap.data;
  const { name } = query.data;
  if (connected) {
    return (
      <PlainPage title={say("link.done.title", { name })}>
        <p role="status">{say("link.done.text", { customer })}</p>
      </PlainPage>
    );
  }
  return (
    <main className="mx-auto max-w-[560px]">
      <MarketplaceHead logoUrl={theme.logoUrl} />
      <ScreenHead
        iconUrl={query.data.iconUrl}
        title={say("link.title", { name, customer })}
        below={<p className="max-w-[60ch]">{say("link.text", { name, customer, vendor })}</p>}
      />
      <div className="mt-5">
        <Connect
          key={screen.name}
          detail={query.data}
          vendorName={vendor}
          {...(session.connectionId ? { connectionId: session.connectionId } : {})}
          {...(screen.name === "connect" && screen.resume ? { resume: screen.resume } : {})}
        />
      </div>
    </main>
  );
}

function Opened({ publishableKey, secret, session, language }: Spoken & { publishableKey: string; secret: string; session: LinkSession }) {
  const token = useRef(session.token);
  const renew = useCallback(async () => {
    const next = await openSecret(publishableKey, secret);
    if (typeof next === "string") return null;
    token.current = next.token;
    return next.token;
  }, [publishableKey, secret]);
  const [start] = useState<Screen>(() => {
    const pending = pendingScreen();
    return pending?.name === "connect" && pending.integrationId === session.integrationId
      ? pending
      : { name: "connect", integrationId: session.integrationId };
  });
  const getToken = useCallback(() => token.current, []);
  const getLanguage = useCallback(() => language, [language]);
  const emit = useCallback(() => {}, []);
  return (
    <EmbedProvider getToken={getToken} renewToken={renew} hostOrigin={session.origin} getLanguage={getLanguage}>
      <NavigationProvider start={start} page={`${window.location.origin}${window.location.pathname}`} renew={renew} emit={emit}>
        <LinkScreens session={session} />
      </NavigationProvider>
    </EmbedProvider>
  );
}

/** The page of a link by which somebody connects an account for a customer: in the vendor's look, in the reader's language. */
export function LinkRoot({ publishableKey, vendorName, theme, spoken }: LinkRootProps) {
  const [secret, setSecret] = useState("");
  const [session, setSession] = useState<LinkSession | "gone" | "away" | null>(null);
  const open = useCallback(async () => {
    const found = takeSecret();
    setSecret(found);
    setSession(await openSecret(publishableKey, found));
  }, [publishableKey]);
  useEffect(() => {
    if (theme.fontUrl) loadFont(theme.fontUrl, document);
    applyTheme(mergeTheme(withOwnFont(theme), {}), document.documentElement);
  }, [theme]);
  useEffect(() => void open(), [open]);
  return (
    <LanguageProvider spoken={spoken} keys={false}>
      <div className="@container mx-auto min-h-dvh max-w-[720px] px-4 py-8 sm:py-14">
        {session === null ? <Waiting /> : null}
        {session === "gone" ? <GonePage /> : null}
        {session === "away" ? <SlowPage vendorName={vendorName} onRetry={() => void open()} /> : null}
        {session !== null && typeof session !== "string" ? (
          <Opened publishableKey={publishableKey} secret={secret} session={session} {...spoken} />
        ) : null}
      </div>
    </LanguageProvider>
  );
}

function Waiting() {
  const say = useSay();
  return <ScreenSkeleton label={say("frame.loading")} />;
}
