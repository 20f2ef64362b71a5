import { type Exchange, sendJson } from "../exchange";
import type { Simulation } from "../simulation";
import { steer } from "./steer";
import { streamTruth } from "./truth";

/** The side entrance for tests and people: `/_health`, `/_stats`, `/_truth/…`, `POST /_control`. False when the path is none of these. */
export async function control(sim: Simulation, x: Exchange, pathname: string): Promise<boolean> {
  if (!pathname.startsWith("/_")) return false;
  const own = x.req.headers.origin === undefined || x.req.headers.origin === x.origin;
  if (pathname === "/_health") sendJson(x, 200, { ok: true });
  else if (pathname === "/_stats")
    sendJson(x, 200, { ...sim.stats, cpu: process.cpuUsage(), rss: process.memoryUsage().rss, uptimeSeconds: process.uptime() });
  else if (pathname.startsWith("/_truth/")) await streamTruth(sim, x, pathname.slice("/_truth/".length));
  else if (pathname !== "/_control") sendJson(x, 404, { error: "Known are /_health, /_stats, /_truth/… and /_control." });
  else if (x.method === "GET") sendJson(x, 200, sim.controls);
  else if (!own) sendJson(x, 403, { error: "Pages of other origins may not steer the simulator." });
  else await steer(sim, x);
  return true;
}
