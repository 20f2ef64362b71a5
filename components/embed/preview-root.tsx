"use client";

import { useEffect, useMemo, useState } from "react";
import { EmbedSamples } from "#components/trpc/embed-provider.tsx";
import type { WidgetTheme } from "#components/widget/protocol";
import { createSay, type Messages } from "#server/words/say";
import { ConnectionScreen } from "./connection-screen.tsx";
import { IntegrationScreen } from "./integration-screen.tsx";
import { LanguageProvider, type Spoken } from "./language.tsx";
import { MarketplaceHead } from "./marketplace-head.tsx";
import { MarketplaceScreen } from "./marketplace-screen.tsx";
import { NavigationProvider, type Screen, useNavigation } from "./navigation.tsx";
import { PREVIEW_READY, type PreviewLook } from "./preview-look";
import { sampleAnswer } from "./preview-samples";
import { applyTheme, loadFont, mergeTheme, withOwnFont } from "./theme";

const SCREENS: Record<PreviewLook["screen"], Screen> = {
  marketplace: { name: "marketplace" },
  integration: { name: "integration", integrationId: "int_c" },
  connection: { name: "connection", connectionId: "con_a" },
};

/** The vendor's words in place of ours, read here as the server would read them. One that cannot be read is left as it was. */
async function withWords(messages: Messages, words: PreviewLook["words"]): Promise<Messages> {
  if (Object.keys(words).length === 0) return messages;
  const { default: compile } = await import("icu-minify/compile");
  const own = Object.entries(words).flatMap(([key, text]) => {
    try {
      return [[key, compile(text)] as const];
    } catch {
      return [];
    }
  });
  return { ...messages, ...Object.fromEntries(own) };
}

function Current({ title }: { title: string }) {
  const { screen } = useNavigation();
  if (screen.name === "integration" || screen.name === "connect")
    return <IntegrationScreen integrationId={screen.integrationId} vendorName="Acme" />;
  if (screen.name === "connection") return <ConnectionScreen connectionId={screen.connectionId} tab="overview" vendorName="Acme" />;
  const answer = { customerName: "Globex", vendorName: "Acme", title, environmentKind: "live", language: null } as const;
  return <MarketplaceScreen bootstrap={answer} />;
}

const nothing = () => {
  // Nobody listens to a preview.
};

/** The screens of the marketplace on made-up data, looking as the dashboard says. */
export function PreviewRoot({ spoken: first }: { spoken: Spoken }) {
  const [look, setLook] = useState<PreviewLook | null>(null);
  const [spoken, setSpoken] = useState(first);
  useEffect(() => {
    const receive = ({ origin, source, data }: MessageEvent) => {
      if (origin === window.location.origin && source === window.parent && typeof data === "object" && data?.preview) setLook(data.preview);
    };
    window.addEventListener("message", receive);
    window.parent.postMessage(PREVIEW_READY, window.location.origin);
    return () => window.removeEventListener("message", receive);
  }, []);
  useEffect(() => {
    if (!look) return;
    if (look.theme.fontUrl) loadFont(look.theme.fontUrl, document);
    applyTheme(mergeTheme(withOwnFont(look.theme), {} satisfies WidgetTheme), document.documentElement);
    let stale = false;
    void withWords(first.messages, look.words).then((messages) => stale || setSpoken({ ...first, messages }));
    return () => {
      stale = true;
    };
  }, [look, first]);
  const say = useMemo(() => createSay(spoken), [spoken]);
  const title = look?.title ?? say("frame.title");
  const screen = look?.screen ?? "marketplace";
  return (
    <LanguageProvider spoken={spoken} keys={false}>
      <div className="@container bg-(--frame-ground) px-5 py-5">
        {look ? (
          <EmbedSamples key={`${spoken.language} ${screen}`} answer={(path, input) => sampleAnswer(path, input, say, title)}>
            <NavigationProvider start={SCREENS[screen]} page="" renew={async () => null} emit={nothing}>
              <main>
                <MarketplaceHead logoUrl={look.theme.logoUrl} />
                <Current title={title} />
              </main>
            </NavigationProvider>
          </EmbedSamples>
        ) : null}
      </div>
    </LanguageProvider>
  );
}
