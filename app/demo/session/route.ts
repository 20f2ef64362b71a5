import { getEnv } from "#server/env";
import { demoOf } from "#server/http/demo-request";

/** Stands for the vendor's own backend: knows who is signed in there, and asks Inlay for a session with its secret key. */
const SIGNED_IN = { globex: "Globex", initech: "Initech" } as const;

export async function POST(request: Request): Promise<Response> {
  const demo = demoOf(request);
  if (!demo) return new Response(null, { status: 404 });
  const { customer = "globex" } = (await request.json().catch(() => ({}))) as { customer?: string };
  if (!Object.hasOwn(SIGNED_IN, customer)) return Response.json({ error: "There is no such sample customer." }, { status: 400 });
  const id = customer as keyof typeof SIGNED_IN;
  const response = await fetch(`${getEnv().origin}/v1/embed-sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${demo.secretKey}`, "content-type": "application/json" },
    body: JSON.stringify({ customer: { id, name: SIGNED_IN[id] }, origin: demo.origin, user: "Sam Sample" }),
    cache: "no-store",
  });
  return new Response(await response.text(), {
    status: response.status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
