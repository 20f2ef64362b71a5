"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { cn } from "#components/cn";
import { EmbedProvider } from "#components/trpc/embed-provider.tsx";
import type { FromFrame, ToFrame, View, WidgetTheme } from "#components/widget/protocol";
import type { Theme } from "#server/trpc/views/embed";
import { type Channel, hostOrigins, openChannel } from "./channel";
import { EmbedApp } from "./embed-app.tsx";
import { AlonePage, RefusedPage, SlowPage, WaitingPage } from "./host-pages.tsx";
import { LanguageProvider, type Spoken } from "./language.tsx";
import { holdSession, type PageSession } from "./page-session";
import { applyTheme, loadFont, mergeTheme, withOwnFont } from "./theme";
import { useEscape } from "./use-escape";
import { useFrameHeight } from "./use-frame-height";
import { useSpoken } from "./use-spoken";

export type EmbedRootProps = {
  publishableKey: string;
  allowedOrigins: string[];
  vendorName: string;
  theme: Theme;
  modal: boolean;
  spoken: Spoken;
};

/** From our hello to the page's session; it may still come afterwards. */
const HOST_PATIENCE_MS = 10_000;
const SLOW =
  "The page was asked for a session and has not answered yet: session() is slow, or nothing on the page listens to this frame. What comes late still counts.";

type Phase = "waiting" | "slow" | "alone" | "refused" | "open";
type Opening = { origin: string; page: string; view: View /** The page has said which language. */; isTold: boolean };

/** The line to the vendor's page, opened once, and what came over it. */
function useHost({ publishableKey, allowedOrigins, theme: stored }: EmbedRootProps, speak: (language: string) => Promise<void>) {
  const [phase, setPhase] = useState<Phase>("waiting");
  const [opening, setOpening] = useState<Opening>({ origin: "", page: "", view: "marketplace", isTold: false });
  const [asked, setAsked] = useState<View | null>(null);
  const channel = useRef<Channel | null>(null);
  const held = useRef<PageSession | null>(null);
  const looks = useRef<WidgetTheme>({});
  const send = useCallback((message: FromFrame) => channel.current?.send(message), []);
  held.current ??= holdSession(publishableKey, send);
  const session = held.current;

  useEffect(() => {
    if (stored.fontUrl) loadFont(stored.fontUrl, document);
    const theme = withOwnFont(stored);
    const show = (asked: WidgetTheme) => {
      looks.current = { ...looks.current, ...asked };
      applyTheme(mergeTheme(theme, looks.current), document.documentElement);
    };
    const receive = (message: ToFrame, origin: string) => {
      if (message.type === "theme") return show(message.theme);
      if (message.type === "view") return setAsked(message.view);
      if (message.type !== "session") return;
      show(message.theme ?? {});
      void session.take(message, origin).then((own) => open(own, message, origin));
    };
    const tell = (problem: string) => send({ type: "event", event: { type: "error", message: problem } });
    let heard = false;
    const open = async (own: string, message: Extract<ToFrame, { type: "session" }>, origin: string) => {
      heard = true;
      if (message.locale) await speak(message.locale);
      setPhase((before) => (before === "open" ? before : own === "" ? "refused" : "open"));
      setOpening((before) =>
        before.page ? before : { origin, page: message.page, view: message.view ?? "marketplace", isTold: message.locale !== undefined },
      );
    };
    show({});
    if (window.parent === window || hostOrigins(window, allowedOrigins).length === 0) {
      setPhase("alone");
      return;
    }
    const opened = openChannel(window, allowedOrigins, receive);
    channel.current = opened;
    const patience = setTimeout(() => {
      if (heard) return;
      setPhase("slow");
      tell(SLOW);
    }, HOST_PATIENCE_MS);
    return () => {
      clearTimeout(patience);
      session.stop();
      opened.close();
      channel.current = null;
    };
  }, [session, allowedOrigins, stored, send, speak]);

  return { phase, opening, asked, send, token: session.token };
}

/** The frame: waits for the vendor's page to hand over a session, then shows the marketplace. */
export function EmbedRoot(props: EmbedRootProps) {
  const { spoken, keys, speak, getLanguage } = useSpoken(props.publishableKey, props.spoken);
  const { phase, opening, asked, send, token } = useHost(props, speak);
  const root = useFrameHeight(send);
  useEscape(
    props.modal,
    useCallback(() => send({ type: "close" }), [send]),
  );

  return (
    <LanguageProvider spoken={spoken} keys={keys}>
      <div
        ref={root}
        data-modal={props.modal ? "" : undefined}
        className={cn("@container", props.modal ? "px-4 py-5 sm:px-8 sm:py-7" : "px-1 pt-1 pb-2")}
      >
        {phase === "waiting" ? <WaitingPage /> : null}
        {phase === "alone" ? <AlonePage vendorName={props.vendorName} /> : null}
        {phase === "slow" ? <SlowPage vendorName={props.vendorName} onRetry={() => send({ type: "hello" })} /> : null}
        {phase === "refused" ? <RefusedPage vendorName={props.vendorName} /> : null}
        {phase === "open" && opening.page ? (
          <EmbedProvider getToken={token.current} renewToken={token.renew} hostOrigin={opening.origin} getLanguage={getLanguage}>
            <EmbedApp
              opening={opening.view}
              asked={asked}
              page={opening.page}
              renew={token.renew}
              modal={props.modal}
              send={send}
              speak={opening.isTold ? null : speak}
            />
          </EmbedProvider>
        ) : null}
      </div>
    </LanguageProvider>
  );
}
