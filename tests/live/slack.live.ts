import { journey } from "./support/journey";
import type { Product } from "./support/product";
import { openSlack } from "./support/slack-house";

const PEOPLE = 700;

async function start(product: Product) {
  const { ask, started } = await openSlack(product, {
    users: Array.from({ length: PEOPLE }, (_, i) => ({
      name: `person-${i}`,
      real_name: `Person № ${i} ☂`,
      email: `person-${i}@harbour.example`,
      profile: { title: i % 3 === 0 ? "Pilot" : "Crane" },
    })),
    channels: [{ name: "general" }],
  });
  return {
    ...started,
    object: "user",
    async truth() {
      const { members } = (await ask("users.list", { limit: "1000" })) as unknown as { members: Record<string, unknown>[] };
      return new Map(members.map((row) => [String(row["id"]), row]));
    },
    mapped: (row: Record<string, unknown>) => {
      const profile = row["profile"] as Record<string, unknown>;
      return { name: row["name"], realName: row["real_name"], email: profile["email"], title: profile["title"] || null, deleted: false };
    },
    async change() {
      const { user_id } = await ask("auth.test", {});
      await ask("users.profile.set", { profile: JSON.stringify({ title: "Harbour master", status_text: "On the water" }) });
      return { changed: [String(user_id)], made: [], gone: [] };
    },
  };
}

journey("slack", {
  start,
  notes: [
    "emulate answers POST alone where Slack takes GET as well: the relay turns our GET into the same call by POST.",
    "emulate takes any token for a good one; the wrong credential is the app's client secret.",
  ],
});
