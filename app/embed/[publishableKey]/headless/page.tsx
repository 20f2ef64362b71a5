import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { HeadlessRoot } from "#components/embed/headless-root.tsx";
import { getDeps } from "#server/deps";
import { findEmbedding } from "#server/domains/environments/find-embedding";
import { languageOf } from "#server/words/languages";
import { messagesOf } from "#server/words/messages";

export const dynamic = "force-dynamic";

type HeadlessPageProps = { params: Promise<{ publishableKey: string }> };

/** The frame without screens, for pages that draw their own. Framed by the same origins, opened by the same handshake. */
export default async function HeadlessPage({ params }: HeadlessPageProps) {
  const { publishableKey } = await params;
  const language = languageOf((await headers()).get("accept-language"));
  const embedding = await findEmbedding(getDeps(), { publishableKey });
  if (!embedding) notFound();
  return (
    <HeadlessRoot
      publishableKey={publishableKey}
      allowedOrigins={embedding.allowedOrigins}
      spoken={{ language, messages: messagesOf(language, embedding.branding.words) }}
    />
  );
}
