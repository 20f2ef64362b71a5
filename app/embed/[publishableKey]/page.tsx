import type { Metadata } from "next";
import { EmbedRoot } from "#components/embed/embed-root.tsx";
import { PlainPage } from "#components/embed/host-pages.tsx";
import { getDeps } from "#server/deps";
import { findEmbedding } from "#server/domains/environments/find-embedding";

export const metadata: Metadata = { title: "Integrations", robots: "noindex" };
export const dynamic = "force-dynamic";

type EmbedPageProps = {
  params: Promise<{ publishableKey: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** The marketplace's frame. Its address names an environment and nobody in it; who is looking comes over the handshake. */
export default async function EmbedPage({ params, searchParams }: EmbedPageProps) {
  const { publishableKey } = await params;
  const embedding = await findEmbedding(getDeps(), { publishableKey });
  if (!embedding) {
    return (
      <PlainPage title="This page cannot be opened">
        <p>Its address names no marketplace. The product you came from has to be told the right publishable key.</p>
      </PlainPage>
    );
  }
  const { accent, radius, font, appearance, logoUrl } = embedding.branding;
  const theme = {
    accent: accent ?? null,
    radius: radius ?? null,
    font: font ?? null,
    appearance: appearance ?? ("auto" as const),
    logoUrl: logoUrl ?? null,
  };
  return (
    <EmbedRoot
      publishableKey={publishableKey}
      allowedOrigins={embedding.allowedOrigins}
      vendorName={embedding.vendorName}
      theme={theme}
      modal={"modal" in (await searchParams)}
    />
  );
}
