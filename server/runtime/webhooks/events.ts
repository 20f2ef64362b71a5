import { createHash } from "node:crypto";
import { at } from "../paths";
import { eventText, eventValues, type InboundCall } from "./call";
import type { Webhooks } from "./scheme";

/** What a call that was taken is answered: a bare 200, unless the third party wants to hear something. */
export const thanksOf = ({ accepted }: Pick<Webhooks, "accepted">): { status: number; body: string; contentType?: string } => ({
  status: 200,
  body: "",
  ...accepted,
});

/** What a call says has happened: a hint where to look, nothing that is believed. */
export type EventHint = {
  object: string;
  id: string | null;
  account: string | null;
  /** The record as JSON text, where calls are said to bring it. */
  record?: string;
  /** The topic says that the record is no more. */
  gone?: true;
};

const PLAIN_TEXT = /^[\w.:-]+$/;
const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

/**
 * What makes two calls the same one: the declared texts, of every event; the raw bytes where none are declared, or where
 * one of them is missing. At most 120 characters, letters, digits and `._:-/`.
 */
export function eventKeyOf(webhooks: Webhooks, call: InboundCall): string {
  const { dedupe, events } = webhooks;
  if (!dedupe) return sha256(call.raw);
  try {
    const values = dedupe.some((spot) => spot.in === "event") ? eventValues(call, events.list) : [undefined];
    const texts = values.map((event) => dedupe.map((spot) => eventText(call, event, spot)));
    if (texts.length === 0 || texts.flat().some((text) => text === null)) return sha256(call.raw);
    // A slash is in none of the plain texts, so no two lists of them are joined to the same key.
    const [only] = texts as string[][];
    const plain = texts.length === 1 && only?.every((text) => PLAIN_TEXT.test(text)) ? only.join("/") : "";
    return plain !== "" && plain.length <= 120 ? plain : sha256(JSON.stringify(texts));
  } catch {
    return sha256(call.raw);
  }
}

const matches = (pattern: string, topic: string) => pattern === topic || (pattern.endsWith("*") && topic.startsWith(pattern.slice(0, -1)));

function objectOf(objects: Readonly<Record<string, string>>, topic: string): string | null {
  if (Object.hasOwn(objects, topic)) return objects[topic] ?? null;
  return Object.entries(objects).find(([pattern]) => matches(pattern, topic))?.[1] ?? null;
}

function recordOf(event: unknown, path: string | undefined): { record?: string } {
  const found = path === undefined ? undefined : at(event, path);
  return typeof found === "object" && found !== null && !Array.isArray(found) ? { record: JSON.stringify(found) } : {};
}

/**
 * The hints of a call; events of topics nobody declared are left out. Throws SyntaxError or TypeError when the body is not
 * what the scheme says.
 */
export function hintsOf({ events }: Webhooks, call: InboundCall): EventHint[] {
  const hints: EventHint[] = [];
  for (const event of eventValues(call, events.list)) {
    const topic = events.topic ? eventText(call, event, events.topic) : "";
    const object = topic === null ? null : objectOf(events.objects, topic);
    if (object === null) continue;
    const id = Object.hasOwn(events.ids, object) ? events.ids[object] : events.id;
    hints.push({
      object,
      id: id ? eventText(call, event, id) : null,
      account: events.account ? eventText(call, event, events.account) : null,
      ...recordOf(event, events.record),
      ...(events.gone.some((pattern) => matches(pattern, topic ?? "")) ? { gone: true } : {}),
    });
  }
  return hints;
}
