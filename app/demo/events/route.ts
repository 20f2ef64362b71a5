import { receivedEvents } from "#server/http/demo-inbox";
import { demoOf } from "#server/http/demo-request";

export function GET(request: Request): Response {
  if (!demoOf(request)) return new Response(null, { status: 404 });
  return Response.json({ items: receivedEvents() }, { headers: { "cache-control": "no-store" } });
}
