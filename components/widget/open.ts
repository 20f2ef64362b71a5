import { type FromFrame, fromFrame, PROTOCOL, type ToFrame, type View, type WidgetEvent, type WidgetTheme } from "./protocol";

export type OpenOptions = {
  publishableKey: string;
  /**
   * Asks your backend for an embed session's token (`POST /v1/embed-sessions`), or for a JWT signed with a key you registered.
   * Called again whenever it has run out.
   */
  session: () => Promise<string>;
  /** Element, or a selector for it, that the marketplace fills. Left out: `modal`. */
  mount?: Element | string | undefined;
  /** Opens above the page instead: Escape, the backdrop and the frame's own button close it. */
  modal?: boolean | undefined;
  view?: View | undefined;
  theme?: WidgetTheme | undefined;
  locale?: string | undefined;
  onEvent?: ((event: WidgetEvent) => void) | undefined;
};

/** From the frame's load to its first word. */
const PATIENCE_MS = 5000;

export type Handle = { close(): void; show(view: View): void; setTheme(theme: WidgetTheme): void };

type Following = { [T in Exclude<FromFrame["type"], "answer">]: (message: Extract<FromFrame, { type: T }>) => void };

function createFrame(src: string, inline: boolean): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.src = src;
  frame.title = "Integrations"; // until the frame says it in its language
  // The frame has to learn the page's origin even where the page sends no referrer.
  frame.referrerPolicy = "origin";
  frame.style.cssText = `display:block;border:0;width:100%;height:${inline ? "520px" : "100%"}`;
  return frame;
}

/** A native dialog traps the focus, closes on Escape and gives the focus back by itself. */
function show(dialog: HTMLDialogElement, frame: HTMLIFrameElement, stop: () => void): void {
  dialog.style.cssText =
    "margin:auto;padding:0;border:0;outline:0;border-radius:14px;overflow:hidden;width:min(1000px,100vw - 24px);height:min(760px,100dvh - 24px);max-width:none;max-height:none;box-shadow:0 0 0 100vmax #0f172a73,0 24px 64px #0000004d";
  dialog.ariaLabel = frame.title;
  dialog.tabIndex = -1;
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  dialog.onclose = stop;
  dialog.append(frame);
  document.body.append(dialog);
  dialog.showModal();
  // Until the frame listens, the page does: else Escape would be lost in a frame that is still loading.
  dialog.focus();
}

/**
 * Opens the marketplace. The token never enters a URL and never leaves for another origin than `origin`.
 * Throws when `mount` names nothing.
 */
export function open(options: OpenOptions, origin: string): Handle {
  const { session, onEvent } = options;
  const mount = typeof options.mount === "string" ? document.querySelector(options.mount) : options.mount;
  if (!mount && options.mount) throw new Error(`[Inlay] no ${options.mount} here`);

  let nonce = "";
  let { view, theme } = options;
  const dialog = mount ? null : document.createElement("dialog");
  const frame = createFrame(`${origin}/embed/${encodeURIComponent(options.publishableKey)}${dialog ? "?modal" : ""}`, !dialog);
  const send = (message: ToFrame) => {
    if (nonce) frame.contentWindow?.postMessage({ inlay: PROTOCOL, nonce, ...message }, origin);
  };
  const tell = (event: WidgetEvent) => {
    // biome-ignore lint/suspicious/noConsole: the engineer who embeds looks here first
    if (event.type === "error") console.error(`[Inlay] ${event.message}`);
    onEvent?.(event);
  };
  const fail = (message: string) => tell({ type: "error", message });
  const sendSession = async () => {
    let token = "";
    try {
      token = await session();
      if (!token || `${token}` !== token) throw "no token";
    } catch (fault) {
      token = "";
      fail(`session() gave: ${fault}. It has to return a session token or your JWT, as text.`);
    }
    send({ type: "session", token, page: location.href, view, theme, locale: options.locale } as ToFrame);
  };
  const follow: Following = {
    hello: sendSession,
    renew: sendSession,
    close: () => close(),
    event: ({ event }) => tell(event),
    title({ title }) {
      frame.title = title;
      if (dialog) dialog.ariaLabel = title;
    },
    resize({ height, top }) {
      if (!dialog) frame.style.height = `${height}px`;
      if (top && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
    },
  };
  const receive = (event: MessageEvent) => {
    // A page that throws the frame away without `close` leaves nothing behind.
    if (!frame.isConnected) return removeEventListener("message", receive);
    const message = event.origin === origin && event.source === frame.contentWindow && fromFrame(event.data);
    if (!message) return;
    const hello = message.type === "hello";
    // A frame that cannot open says why before any hello.
    if (hello || !nonce) nonce = message.nonce;
    if (hello && dialog) frame.focus();
    if (message.nonce === nonce) (follow[message.type as keyof Following] as ((message: FromFrame) => void) | undefined)?.(message);
  };
  const stop = () => {
    removeEventListener("message", receive);
    (dialog || frame).remove();
    tell({ type: "close" });
  };
  const close = (): unknown => (dialog ? dialog.close() : frame.isConnected && stop());

  addEventListener("message", receive);
  // A frame that the browser refused to show loads all the same, and says nothing.
  frame.onload = () =>
    setTimeout(() => {
      if (!nonce && frame.isConnected)
        fail(`No answer from ${origin}. Add ${location.origin} to the allowed origins (dashboard, Settings).`);
    }, PATIENCE_MS);
  if (dialog) show(dialog, frame, stop);
  else mount?.append(frame);

  return {
    close,
    show(next) {
      view = next;
      send({ type: "view", view: next });
    },
    setTheme(next) {
      theme = next;
      send({ type: "theme", theme: next });
    },
  };
}
