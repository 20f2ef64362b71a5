import { getDeps } from "#server/deps";
import { findWords } from "#server/domains/environments/find-words";
import { spokenOf } from "#server/words/languages";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ publishableKey: string; language: string }> };

/** The messages of another language than the frame was opened in. They hold nothing of a customer. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { publishableKey, language: asked } = await params;
  const language = spokenOf(asked);
  const messages = language && (await findWords(getDeps(), { publishableKey, language }));
  if (!messages) return Response.json(null, { status: 404, headers: { "cache-control": "no-store" } });
  return Response.json({ language, messages }, { headers: { "cache-control": "public, max-age=60" } });
}
