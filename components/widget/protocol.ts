/**
 * What the vendor's page and the frame say to each other. The only file both sides import, so neither can drift.
 * Every message carries the protocol number and the nonce the frame made when it loaded.
 */

export const PROTOCOL = 1;

/** What the frame shows. Ids are those of the API (`int_…`, `con_…`); `claim` is the `inlay_claim` of the page's address. */
export type View = "marketplace" | { integration: string } | { connection: string } | { claim: string };

/** The vendor's look. What is left out comes from the branding stored for the environment. */
export type WidgetTheme = {
  accent?: string;
  /** Colour of the page under the frame. Left out: a light frame lets the page show through. */
  background?: string;
  /** What lies on it: cards and fields. */
  surface?: string;
  radius?: number;
  font?: string;
  appearance?: "light" | "dark" | "auto";
};

export const EVENT_TYPES = [
  "ready",
  "view",
  "connect.started",
  "connect.succeeded",
  "connect.failed",
  "connection.changed",
  "installation.activated",
  "sync.started",
  "sync.completed",
  "sync.failed",
  "disconnected",
  "close",
  "error",
] as const;
export type WidgetEventType = (typeof EVENT_TYPES)[number];

/** What `onEvent` receives. Ids and words only: never a token, never a record. */
export type WidgetEvent = {
  type: WidgetEventType;
  integrationId?: string;
  connectionId?: string;
  streamId?: string;
  view?: View;
  message?: string;
};

/** From the frame to the page. `hello` asks for a session; `renew` asks for a fresh one. */
export type FromFrame =
  | { type: "hello" }
  | { type: "renew" }
  | { type: "close" }
  /** `top`: another screen was opened, bring its head into sight. */
  | { type: "resize"; height: number; top?: boolean }
  /** What the frame is called, in the customer's language: its name for screen readers, and the dialog's. */
  | { type: "title"; title: string }
  | { type: "event"; event: WidgetEvent }
  /** What became of a call; `more`: further ones follow, until the page stops it. */
  | { type: "answer"; id: number; value?: unknown; fault?: CallFault; more?: boolean };

/** Why a call was refused, in the customer's language; `fields` by the input's fields. */
export type CallFault = { code: string; text: string; fields: Record<string, string[]> | null };

/** From the page to the frame. `token: ""` means that the page could not get a session. */
export type ToFrame =
  | { type: "session"; token: string; page: string; view?: View; theme?: WidgetTheme; locale?: string }
  | { type: "view"; view: View }
  | { type: "theme"; theme: WidgetTheme }
  /** Asks a frame without screens for something, by its name in components/embed/headless-calls.ts. */
  | { type: "call"; id: number; name: string; input?: unknown }
  | { type: "stop"; id: number };

export type Sealed<M> = M & { inlay: typeof PROTOCOL; nonce: string };

type Loose = Record<string, unknown>;

/** The page's side: a message of the frame, or null when it is none of ours. Kept tiny, because it ships in the loader. */
export function fromFrame(data: unknown): Sealed<FromFrame> | null {
  const message = data as Loose | null;
  return message?.["inlay"] === PROTOCOL &&
    typeof message["nonce"] === "string" &&
    message["nonce"].length > 15 &&
    (message["type"] !== "resize" || (message["height"] as number) >= 0) &&
    (message["type"] !== "event" || typeof (message["event"] as Loose | null)?.["type"] === "string")
    ? (message as Sealed<FromFrame>)
    : null;
}

const TEXT_LIMIT = 4096;

function own(object: unknown, key: string): unknown {
  return typeof object === "object" && object !== null && Object.hasOwn(object, key) ? (object as Loose)[key] : undefined;
}

function text(object: unknown, key: string, limit = TEXT_LIMIT): string | undefined {
  const value = own(object, key);
  return typeof value === "string" && value.length <= limit ? value : undefined;
}

/** A view as the page names it, or null when it is not one. */
export function parseView(value: unknown): View | null {
  if (value === "marketplace") return value;
  const integration = text(value, "integration", 64);
  if (integration) return { integration };
  const connection = text(value, "connection", 64);
  if (connection) return { connection };
  const claim = text(value, "claim", 200);
  return claim ? { claim } : null;
}

/** Keeps of a theme only what is a colour, a length or a family name; everything else is dropped. */
export function parseTheme(value: unknown): WidgetTheme {
  const theme: WidgetTheme = {};
  for (const key of ["accent", "background", "surface"] as const) {
    const colour = text(value, key, 32);
    if (colour && /^#[0-9a-f]{6}$/i.test(colour)) theme[key] = colour.toLowerCase();
  }
  const radius = own(value, "radius");
  if (typeof radius === "number" && radius >= 0 && radius <= 24) theme.radius = radius;
  const font = text(value, "font", 120);
  if (font && /^[a-z0-9 ,"'_-]+$/i.test(font)) theme.font = font;
  const appearance = own(value, "appearance");
  if (appearance === "light" || appearance === "dark" || appearance === "auto") theme.appearance = appearance;
  return theme;
}

function parseCall(data: unknown, type: "call" | "stop"): ToFrame | null {
  const id = own(data, "id");
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return null;
  if (type === "stop") return { type, id };
  const name = text(data, "name", 64);
  return name === undefined ? null : { type, id, name, input: own(data, "input") };
}

/** The frame's side: a message of the page that carries our nonce, copied field by field, or null. */
export function toFrame(data: unknown, nonce: string): ToFrame | null {
  if (own(data, "inlay") !== PROTOCOL || own(data, "nonce") !== nonce) return null;
  const type = own(data, "type");
  const view = parseView(own(data, "view"));
  if (type === "view") return view && { type, view };
  if (type === "theme") return { type, theme: parseTheme(own(data, "theme")) };
  if (type === "call" || type === "stop") return parseCall(data, type);
  if (type !== "session") return null;
  const token = text(data, "token");
  const page = text(data, "page");
  if (token === undefined || page === undefined) return null;
  const locale = text(data, "locale", 35);
  return {
    type,
    token,
    page,
    theme: parseTheme(own(data, "theme")),
    ...(view ? { view } : {}),
    ...(locale ? { locale } : {}),
  };
}
