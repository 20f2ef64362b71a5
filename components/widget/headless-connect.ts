import type { HeadlessCalls } from "#components/embed/headless-calls";
import { fault } from "./headless-call";

export type Connected = Awaited<ReturnType<HeadlessCalls["finishAuthorization"]>>;
export type ConnectInput = Pick<Parameters<HeadlessCalls["beginAuthorization"]>[0], "integrationId" | "connectionId" | "config">;

const LOOK_MS = 800;
/** A third party can cut the tie to its window, which then looks closed. Who really closed it is back at the page. */
const CLOSED_GRACE_MS = 4000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Signs in at the third party. The window is opened before anything is asked: later the browser would not see the click behind it. */
export async function connect(calls: HeadlessCalls, { integrationId, connectionId, config = {} }: ConnectInput): Promise<Connected> {
  const popup = window.open("about:blank", "_blank", "popup,width=620,height=760");
  const what = { integrationId, config, ...(connectionId ? { connectionId } : {}) };
  const how = popup ? { display: "popup" as const } : { display: "redirect" as const, returnTo: location.href };
  const { url, ...attempt } = await calls.beginAuthorization({ ...what, ...how }).catch((error) => {
    popup?.close();
    throw error;
  });
  if (!popup) {
    location.assign(url);
    return new Promise(() => {}); // the page goes
  }
  popup.opener = null; // the third party gets no handle on the page
  popup.location.replace(url);
  await returned(calls, attempt, popup); // the window closes by itself: from here it may not be touched any more
  return calls.finishAuthorization(attempt);
}

/** Resolves once the customer is back and has confirmed; rejects when they are not coming. */
async function returned(calls: HeadlessCalls, attempt: { authorizationId: string; resumeKey: string }, popup: Window): Promise<void> {
  for (let closedAt = 0; ; await sleep(LOOK_MS)) {
    const wasClosed = popup.closed; // before asking: the answer may have come with the closing
    const { status, problem } = await calls.getAuthorization(attempt);
    if (status === "returned" || status === "finished") return;
    if (status !== "waiting")
      throw fault(problem?.code ?? status, problem?.text ?? "The sign-in took too long and has ended. Start again.");
    if (!wasClosed) continue;
    closedAt ||= Date.now();
    if (document.hasFocus() || Date.now() - closedAt > CLOSED_GRACE_MS)
      throw fault("cancelled", "The window was closed before the sign-in was finished.");
  }
}
