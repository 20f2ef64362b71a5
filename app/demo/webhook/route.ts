import { receiveEvent } from "#server/http/demo-inbox";
import { demoOf } from "#server/http/demo-request";

/** Stands for the vendor's own webhook receiver. */
export async function POST(request: Request): Promise<Response> {
  const demo = demoOf(request);
  if (!demo) return new Response(null, { status: 404 });
  const taken = receiveEvent(demo.webhookSecret, request.headers, await request.text());
  return new Response(null, { status: taken ? 204 : 401 });
}
