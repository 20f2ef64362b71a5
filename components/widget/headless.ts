import type { CallName, HeadlessCalls } from "#components/embed/headless-calls";
import { type Calls, createCalls, fault, type InlayError } from "./headless-call";
import { type Connected, type ConnectInput, connect } from "./headless-connect";
import { type FromFrame, fromFrame, PROTOCOL, type ToFrame, type WidgetEvent } from "./protocol";

export type HeadlessOptions = {
  publishableKey: string;
  /** As for `open`: asks your backend for a session's token or a JWT of yours. Called again whenever it has run out. */
  session: () => Promise<string>;
  /** What refusals are told in, as BCP 47. Left out: what the visitor's browser asks for. */
  locale?: string | undefined;
};

type Connection = Awaited<ReturnType<HeadlessCalls["getConnection"]>>;

export type Headless = HeadlessCalls & {
  /**
   * Signs the customer in at the third party, in a window; call it inside a click. Where windows are blocked the page itself goes
   * there and comes back to its address. Rejects when the customer closes the window or says no.
   */
  connect(input: ConnectInput): Promise<Connected>;
  /** The connection now, and each time it has changed, until the returned function is called. */
  watchConnection(
    input: { connectionId: string },
    onChange: (connection: Connection) => void,
    onError?: (error: InlayError) => void,
  ): () => void;
  /** Ends the session's frame; calls under way reject. */
  close(): void;
};

/** Kept here and not taken from the frame, so that a page's typing mistake is found before it is sent. */
export const NAMES: readonly CallName[] = [
  "getSession",
  "listIntegrations",
  "getIntegration",
  "requestIntegration",
  "beginAuthorization",
  "getAuthorization",
  "finishAuthorization",
  "connectWithKey",
  "inviteAdmin",
  "getConnection",
  "disconnect",
  "getMapping",
  "saveMapping",
  "getMappingHistory",
  "startDryRun",
  "getDryRun",
  "activate",
  "syncNow",
  "pauseStream",
  "resumeStream",
  "chooseForStream",
  "listRuns",
  "listProblems",
  "listConflicts",
  "settleConflict",
];

const PATIENCE_MS = 10_000;

/** A frame of ours that shows nothing. */
function hiddenFrame(src: string): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.src = src;
  frame.referrerPolicy = "origin"; // the frame has to learn the page's origin even where the page sends no referrer
  frame.hidden = true;
  return frame;
}

/** The functions of the marketplace without its screens. Resolves once the session is open; rejects when it cannot be. */
export function headless({ publishableKey, session, locale }: HeadlessOptions, origin: string): Promise<Headless> {
  const frame = hiddenFrame(`${origin}/embed/${encodeURIComponent(publishableKey)}/headless`);
  let nonce = "";
  let ready = false;
  const send = (message: ToFrame) => frame.contentWindow?.postMessage({ inlay: PROTOCOL, nonce, ...message }, origin);
  const calls = createCalls(send);

  return new Promise((resolve, reject) => {
    const close = () => {
      removeEventListener("message", receive);
      frame.remove();
      calls.end();
    };
    const fail = (message: string) => {
      // biome-ignore lint/suspicious/noConsole: the engineer looks here first
      console.error(`[Inlay] ${message}`);
      if (ready) return; // what is open stays open: calls say themselves when they are refused
      clearTimeout(patience);
      close();
      reject(fault("unauthenticated", message));
    };
    const sendSession = async () => {
      try {
        const token = await session();
        if (!token || `${token}` !== token) throw "no token";
        send({ type: "session", token, page: location.href, ...(locale ? { locale } : {}) });
      } catch (cause) {
        fail(`session() gave: ${cause}. It has to return a session token or your JWT, as text.`);
      }
    };
    const heard = ({ type, message }: WidgetEvent) => {
      if (type === "error") fail(`${message}`);
      if (type !== "ready") return;
      ready = true;
      resolve(functions(calls, close));
    };
    const follow = (message: FromFrame) => {
      if (message.type === "answer") calls.answered(message);
      else if (message.type === "event") heard(message.event);
      else if (message.type === "hello" || message.type === "renew") void sendSession();
    };
    const receive = (event: MessageEvent) => {
      const message = event.origin === origin && event.source === frame.contentWindow && fromFrame(event.data);
      if (!message) return;
      clearTimeout(patience);
      if (message.type === "hello" || !nonce) nonce = message.nonce;
      if (message.nonce === nonce) follow(message);
    };
    const patience = setTimeout(
      () => fail(`No answer from ${origin}. Add ${location.origin} to the allowed origins (dashboard, Settings).`),
      PATIENCE_MS,
    );
    addEventListener("message", receive);
    document.body.append(frame);
  });
}

function functions(calls: Calls, close: () => void): Headless {
  const plain = Object.fromEntries(NAMES.map((name) => [name, (input?: unknown) => calls.ask(name, input)])) as unknown as HeadlessCalls;
  return {
    ...plain,
    connect: (input) => connect(plain, input),
    watchConnection: (input, onChange, onError = () => {}) =>
      calls.watch("watchConnection", input, (value) => onChange(value as Connection), onError),
    close,
  };
}
