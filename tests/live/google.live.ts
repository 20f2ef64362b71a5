import { readFileSync } from "node:fs";
import type { CustomerCtx } from "#server/lib/context";
import { signIn, startEmulator } from "./support/emulator";
import { journey } from "./support/journey";
import type { Product } from "./support/product";
import { startRelay } from "./support/relay";

const FILES = 350;
const ADA = "ada@harbour.example";
const CLIENT = { clientId: "live.apps.googleusercontent.com", clientSecret: "GOCSPX-right" };
const API = { authorization: "Bearer google_somebodyelse", "content-type": "application/json" };
const manifest = readFileSync("tests/live/google/manifest.yaml", "utf8");

async function start(product: Product) {
  // emulate has Google's several hosts under one roof, and the token endpoint under another path.
  const relay = await startRelay((onward, host) =>
    host === "oauth2.googleapis.com" ? { ...onward, path: `/oauth2${onward.path}` } : onward,
  );
  const connector = await product.upload(manifest);
  const offer = (clientSecret: string) => product.integrate({ connector, ...CLIENT, clientSecret, sandboxOrigin: relay.origin });
  const [good, bad] = [await offer(CLIENT.clientSecret), await offer("GOCSPX-wrong")];
  const emulator = await startEmulator("google", "google", "https://www.googleapis.com", {
    tokens: { google_somebodyelse: { login: ADA, scopes: ["drive"] } },
    google: {
      users: [{ email: ADA, name: "Ada" }],
      oauth_clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          name: "Inlay",
          redirect_uris: [good.redirectUri, bad.redirectUri],
        },
      ],
      drive_items: Array.from({ length: FILES }, (_, i) => ({
        id: `drv_${String(i).padStart(4, "0")}`,
        user_email: ADA,
        name: `Lieferschein № ${String(i).padStart(4, "0")} 📄`,
        mime_type: i % 3 === 0 ? "text/plain" : "application/pdf",
        parent_ids: i % 5 === 0 ? ["root", "drv_0001"] : ["root"],
      })),
    },
  });
  relay.to(emulator.address);

  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${emulator.address}${path}`, { method, headers: API, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  return {
    relay,
    version: "emulate 0.12.1",
    integrationId: good.integrationId,
    object: "file",
    label: ADA,
    connect: (ctx: CustomerCtx) => signIn(ctx, good.integrationId, emulator.address, ADA),
    async truth() {
      const found = new Map<string, Record<string, unknown>>();
      for (let token = ""; ; ) {
        const page = await ask("GET", `/drive/v3/files?pageSize=37${token === "" ? "" : `&pageToken=${token}`}`);
        for (const row of page["files"] as Record<string, unknown>[]) found.set(String(row["id"]), row);
        token = String(page["nextPageToken"] ?? "");
        if (token === "") return found;
      }
    },
    mapped: ({ id, name, mimeType, parents }: Record<string, unknown>) => ({ id, name, mimeType, parents }),
    async change() {
      await ask("PATCH", "/drive/v3/files/drv_0123", { name: "Umbenannt ☂" });
      const made = await ask("POST", "/drive/v3/files", { name: "Heute angelegt", mimeType: "text/plain", parents: ["root"] });
      return { changed: ["drv_0123"], made: [String(made["id"])], gone: [] };
    },
    wrong: {
      attempt: (ctx: CustomerCtx) => signIn(ctx, bad.integrationId, emulator.address, ADA),
      code: "config_invalid",
      says: /client id and secret/,
    },
    stop: () => emulator.close(),
  };
}

journey("google", {
  start,
  notes: [
    "emulate has Gmail, Calendar and Drive, and no Sheets: Drive's files are read by a private connector (`tests/live/google/manifest.yaml`).",
    "emulate does not look at `modifiedTime` in `q`: a pass of changes shows everything, and what really changed is told. It cannot delete a file.",
    "The relay brings Google's hosts together and turns `oauth2.googleapis.com/token` into emulate's `/oauth2/token`.",
  ],
});
