import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CustomerCtx } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";
import { freePort } from "#tests/support/postgres";
import { signInAt } from "./product";
import { givenFor } from "./report";

type Emulator = { url: string; address: string; close(): Promise<void> };

/** Starts one service of `emulate` in this process. `baseUrl` is the name under which it believes to be reached; `address` is where it is. */
export async function startEmulator(system: string, service: string, baseUrl: string, seed: object): Promise<Emulator> {
  const entry = pathToFileURL(path.join(givenFor(system).npm, "node_modules", "emulate", "dist", "api.js")).href;
  const { createEmulator } = (await import(/* @vite-ignore */ entry)) as {
    createEmulator(options: object): Promise<Omit<Emulator, "address">>;
  };
  const port = await freePort();
  const made = await createEmulator({ service, port, baseUrl, seed });
  return { url: made.url, address: `http://127.0.0.1:${port}`, close: () => made.close() };
}

/** A consent page of `emulate` lists its users, each with a form; picks one and returns where the browser is sent. */
async function pickUser(consent: string, address: string, user: string): Promise<URL> {
  const page = await (await fetch(consent)).text();
  const form = page
    .match(/<form[\s\S]*?<\/form>/g)
    ?.find((one) => one.includes(`value="${user}"`) || new RegExp(`>\\s*${user}\\s*<`).test(one));
  if (!form) throw new Error(`the consent page does not offer ${user}: ${page.replace(/<[^>]+>/g, " ").slice(-300)}`);
  const action = /action="([^"]+)"/.exec(form)?.[1] ?? "";
  const fields = [...form.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    plain(value),
  ]);
  const answer = await fetch(new URL(action, address), { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  return new URL(answer.headers.get("location") ?? "");
}

const plain = (html: string) =>
  html.replace(/&(amp|quot|lt|gt|#39);/g, (_, name) => ({ amp: "&", quot: '"', lt: "<", gt: ">", "#39": "'" })[name as string] ?? "");

/** The whole sign-in at `emulate`, as one of its users. */
export const signIn = (ctx: CustomerCtx, integrationId: IntegrationId, address: string, user: string) =>
  signInAt(ctx, integrationId, (url) => pickUser(url, address, user));
