import type { Metadata } from "next";
import { headers } from "next/headers";
import { EmbedRoot } from "#components/embed/embed-root.tsx";
import { PlainPage } from "#components/embed/host-pages.tsx";
import { getDeps } from "#server/deps";
import { themeOf } from "#server/domains/branding/theme-of";
import { findEmbedding } from "#server/domains/environments/find-embedding";
import { languageOf } from "#server/words/languages";
import { messagesOf, sayIn } from "#server/words/messages";

export const dynamic = "force-dynamic";

type EmbedPageProps = {
  params: Promise<{ publishableKey: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** What the address says, else what the browser asks for. */
const languageFor = async (wishes: Awaited<EmbedPageProps["searchParams"]>) =>
  languageOf(one(wishes["locale"]), (await headers()).get("accept-language"));

export async function generateMetadata({ searchParams }: EmbedPageProps): Promise<Metadata> {
  return { title: { absolute: sayIn(await languageFor(await searchParams))("frame.title") }, robots: "noindex" };
}

/** The marketplace's frame. Its address names an environment and nobody in it; who is looking comes over the handshake. */
export default async function EmbedPage({ params, searchParams }: EmbedPageProps) {
  const { publishableKey } = await params;
  const wishes = await searchParams;
  const language = await languageFor(wishes);
  const embedding = await findEmbedding(getDeps(), { publishableKey });
  if (!embedding) {
    const say = sayIn(language);
    return (
      <PlainPage title={say("frame.unknown.title")}>
        <p>{say("frame.unknown.text")}</p>
      </PlainPage>
    );
  }
  return (
    <EmbedRoot
      publishableKey={publishableKey}
      allowedOrigins={embedding.allowedOrigins}
      vendorName={embedding.vendorName}
      theme={themeOf(embedding.branding)}
      modal={"modal" in wishes}
      spoken={{ language, messages: messagesOf(language, embedding.branding.words) }}
    />
  );
}
