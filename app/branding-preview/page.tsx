import type { Metadata } from "next";
import { PreviewRoot } from "#components/embed/preview-root.tsx";
import { languageOf } from "#server/words/languages";
import { messagesOf } from "#server/words/messages";
import "../embed/[publishableKey]/frame.css";

export const metadata: Metadata = { title: "Preview", robots: "noindex" };

type PreviewProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The marketplace's own screens on made-up data, for the page that changes its look. It knows nobody and asks nothing. */
export default async function PreviewPage({ searchParams }: PreviewProps) {
  const { locale } = await searchParams;
  const language = languageOf(Array.isArray(locale) ? locale[0] : locale);
  return (
    <div className="inlay-frame">
      <PreviewRoot spoken={{ language, messages: messagesOf(language) }} />
    </div>
  );
}
