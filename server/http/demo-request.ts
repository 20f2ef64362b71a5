import { type Env, getEnv } from "#server/env";

type Demo = NonNullable<Env["demo"]>;

/** The demo's settings when this request is for the stand-in vendor product's host; null otherwise: answer 404. */
export function demoOf(request: { headers: { get(name: string): string | null } }): Demo | null {
  const { demo } = getEnv();
  return demo && request.headers.get("host") === new URL(demo.origin).host ? demo : null;
}

/**
 * Where a browser should go instead, or null. In the demo, two host names reach one process: the vendor's product lives on
 * one, the app on the other, so that the frame is as cross-site as in real life.
 */
export function otherHost(env: Pick<Env, "demo" | "origin">, host: string, pathAndQuery: string): string | null {
  if (!env.demo || !/^\/(?!\/)/.test(pathAndQuery)) return null;
  const path = pathAndQuery.split("?", 1)[0] ?? "/";
  // Assets and APIs answer on both; only pages have a home.
  if (/^\/(_next|api|v1)\//.test(path) || /\.\w+$/.test(path)) return null;
  const isDemoPage = path === "/demo" || path.startsWith("/demo/");
  if (host === new URL(env.demo.origin).host) {
    if (isDemoPage) return null;
    return path === "/" ? `${env.demo.origin}/demo` : `${env.origin}${pathAndQuery}`;
  }
  return isDemoPage ? `${env.demo.origin}${pathAndQuery}` : null;
}
