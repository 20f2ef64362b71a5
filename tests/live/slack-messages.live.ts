import { journey } from "./support/journey";
import type { Product } from "./support/product";
import type { Rule } from "./support/relay";
import { openSlack } from "./support/slack-house";

const MESSAGES = 350;
type Row = Record<string, unknown>;

/** Channels the app is in: of emulate's public ones, all may be read. */
const joined: Rule = (onward) => ({ ...onward, path: onward.path.replace("/api/users.conversations", "/api/conversations.list") });

async function start(product: Product) {
  const users = [0, 1].map((i) => ({ name: `person-${i}`, real_name: `Person ${i}`, email: `person-${i}@harbour.example` }));
  const { ask, started } = await openSlack(product, { users, channels: [{ name: "general" }, { name: "harbour" }] }, joined);
  const { channels } = (await ask("conversations.list", { types: "public_channel,private_channel" })) as unknown as { channels: Row[] };
  const ids = channels.map((row) => String(row["id"]));
  const say = (channel: string, text: string) => ask("chat.postMessage", { channel, text });
  for (const channel of ids) for (let i = 0; i < MESSAGES; i++) await say(channel, `Ship № ${i} ☂`);
  const idOf = (channel: unknown, { ts }: Row) => `${channel}:${ts}`;
  return {
    ...started,
    object: "message",
    async truth() {
      const found = new Map<string, Row>();
      for (const channel of ids) {
        for (let cursor = ""; ; ) {
          const page = (await ask("conversations.history", { channel, limit: "37", cursor })) as unknown as {
            messages: Row[];
            response_metadata: { next_cursor: string };
          };
          for (const row of page.messages) found.set(idOf(channel, row), { ...row, channel });
          cursor = page.response_metadata.next_cursor;
          if (cursor === "") break;
        }
      }
      return found;
    },
    mapped: (row: Row) => ({ text: row["text"], type: "message" }),
    async change() {
      const [channel = ""] = ids;
      const { messages } = (await ask("conversations.history", { channel, limit: "5" })) as unknown as { messages: Row[] };
      const edited = messages.find((row) => /^Ship/.test(String(row["text"]))) as Row;
      await ask("chat.update", { channel, ts: String(edited["ts"]), text: "It has left." });
      const made = await say(ids[1] ?? "", "A new ship");
      return { changed: [idOf(channel, edited)], made: [idOf(ids[1], made)], gone: [] };
    },
  };
}

journey("slack-messages", {
  start,
  notes: [
    "emulate has no `users.conversations`, which leads us to messages: the relay asks `conversations.list` instead.",
    "emulate does not look at `oldest`: a pass of changes shows everything, and what really changed is told.",
    "What is deleted Slack tells by its events alone; we do not learn it from lists.",
  ],
});
