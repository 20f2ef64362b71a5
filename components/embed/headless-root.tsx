"use client";

import { useEffect, useMemo, useRef } from "react";
import { createEmbedClient } from "#components/trpc/embed-client";
import type { FromFrame, ToFrame } from "#components/widget/protocol";
import { createSay, type Say } from "#server/words/say";
import { type Channel, hostOrigins, openChannel } from "./channel";
import { answerCalls } from "./headless-answers";
import type { Spoken } from "./language.tsx";
import { holdSession } from "./page-session";
import { useSpoken } from "./use-spoken";

type HeadlessRootProps = { publishableKey: string; allowedOrigins: string[]; spoken: Spoken };

/** A frame without screens: holds the session and does what the page around it asks for. Draws nothing. */
export function HeadlessRoot({ publishableKey, allowedOrigins, spoken: first }: HeadlessRootProps) {
  const { spoken, speak, getLanguage } = useSpoken(publishableKey, first);
  const say = useRef<Say>(createSay(first));
  say.current = useMemo(() => createSay(spoken), [spoken]);

  useEffect(() => {
    if (window.parent === window || hostOrigins(window, allowedOrigins).length === 0) return;
    let channel: Channel | null = null;
    const send = (message: FromFrame) => channel?.send(message);
    const session = holdSession(publishableKey, send);
    let answer: ReturnType<typeof answerCalls> | null = null;
    const open = async (message: Extract<ToFrame, { type: "session" }>, hostOrigin: string) => {
      const token = await session.take(message, hostOrigin);
      if (answer || token === "") return;
      if (message.locale) await speak(message.locale);
      const client = createEmbedClient({ getToken: session.token.current, renewToken: session.token.renew, hostOrigin, getLanguage });
      answer = answerCalls(client, send, () => say.current);
      send({ type: "event", event: { type: "ready" } });
    };
    channel = openChannel(window, allowedOrigins, (message, hostOrigin) => {
      if (message.type === "session") void open(message, hostOrigin);
      else if (message.type === "call" || message.type === "stop") answer?.(message);
    });
    return () => {
      session.stop();
      channel?.close();
    };
  }, [publishableKey, allowedOrigins, speak, getLanguage]);

  return null;
}
