import type { Metadata } from "next";
import { headers } from "next/headers";
import { LinkRoot } from "#components/embed/link-root.tsx";
import { getDeps } from "#server/deps";
import { themeOf } from "#server/domains/branding/theme-of";
import { findEmbedding } from "#server/domains/environments/find-embedding";
import { languageOf } from "#server/words/languages";
import { messagesOf, sayIn } from "#server/words/messages";

export const dynamic = "force-dynamic";

type LinkPageProps = { params: Promise<{ publishableKey: string }> };

const languageFor = async () => languageOf((await headers()).get("accept-language"));

export async function generateMetadata(): Promise<Metadata> {
  return { title: { absolute: sayIn(await languageFor())("link.page") }, robots: "noindex", referrer: "no-referrer" };
}

/** Where somebody connects an account for a customer who sent them a link. Which one stands behind the `#`, which no server sees. */
export default async function LinkPage({ params }: LinkPageProps) {
  const { publishableKey } = await params;
  const language = await languageFor();
  const embedding = await findEmbedding(getDeps(), { publishableKey });
  if (!embedding) return null; // answered before it comes to this (proxy.ts)
  return (
    <LinkRoot
      publishableKey={publishableKey}
      vendorName={embedding.vendorName}
      theme={themeOf(embedding.branding)}
      spoken={{ language, messages: messagesOf(language, embedding.branding.words) }}
    />
  );
}
