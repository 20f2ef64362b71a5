import { type Exchange, sendNothing } from "../exchange";
import { PORTALS, portalById } from "../hubspot/portals";
import { accountOf, DEMO_KEY } from "../sandbox/accounts";
import type { Simulation } from "../simulation";
import type { CollectionKey, Service } from "../world/world";
import { errorPage } from "./error-page";
import { framed } from "./frame";
import { html, type Markup } from "./html";
import { sendPage } from "./layout";
import { archiveContact, editPage, listPage, type Refused, saveContact } from "./people";

type Account = { service: Service; id: string; name: string; base: string };

/** The simulated product's own screens: accounts, contacts, one contact. */
export async function screen(sim: Simulation, x: Exchange, pathname: string): Promise<void> {
  if (x.method === "POST" && x.req.headers.origin !== undefined && x.req.headers.origin !== x.origin) {
    return sendPage(x, 403, errorPage("Not allowed", "Forms of other sites may not change data here."));
  }
  if (pathname === "/favicon.ico") return sendNothing(x);
  const accounts = knownAccounts(sim);
  if (pathname === "/" && x.method === "GET") return show(x, "Accounts", "/", overview(sim, accounts), accounts);
  const match = /^(\/(hubspot|sandbox-crm)\/(\w+)\/contacts)(?:\/(new|\d+)(\/archive)?)?$/.exec(pathname);
  const account = accounts.find((each) => each.service === match?.[2] && each.id === match[3]);
  if (!match || !account) return sendPage(x, 404, errorPage("Not found", "There is nothing at this address."));
  if (match[4] !== undefined) return contact(sim, x, accounts, account, match[4], match[5] !== undefined);
  const list = listPage(x, sim.world.collection(contactsOf(account)), account.base, account.name);
  show(x, `Contacts of ${account.name}`, account.base, list, accounts);
}

function contactsOf(account: Account): CollectionKey {
  return { service: account.service, account: account.id, object: "contacts" };
}

/** One contact: shown, saved or archived; `id` is "new" for one that does not exist yet. */
async function contact(sim: Simulation, x: Exchange, accounts: Account[], account: Account, id: string, archive: boolean): Promise<void> {
  const key = contactsOf(account);
  const collection = sim.world.collection(key);
  const slot = id === "new" ? null : collection.slotOf(id);
  if (id !== "new" && (slot === null || collection.isArchived(slot))) {
    return sendPage(x, 404, errorPage("Not found", "This contact does not exist, or was archived."));
  }
  const form = (refused?: Refused) =>
    show(x, "Contact", account.base, editPage(x, collection, slot, account.base, refused), accounts, refused ? 422 : 200);
  if (x.method !== "POST") return form();
  if (archive && slot !== null) return archiveContact(sim, x, key, slot, account.base);
  const refused = await saveContact(sim, x, key, slot, account.base);
  if (refused) form(refused);
}

function show(x: Exchange, title: string, current: string, body: Markup, accounts: Account[], status = 200): void {
  const named = accounts.slice(0, PORTALS.length + 1); // those of other API keys are found on the first page
  const links = [{ href: "/", label: "Accounts" }, ...named.map((account) => ({ href: account.base, label: account.name }))];
  sendPage(x, status, framed(title, current, body, links));
}

/** The portals, the demo workspace, and every workspace an API key has opened. */
function knownAccounts(sim: Simulation): Account[] {
  const demo = accountOf(DEMO_KEY);
  const others = sim.world.accounts("sandbox-crm").filter((id) => id !== demo?.id);
  const sandbox = [...(demo ? [demo] : []), ...others.map((id) => ({ id, name: `Workspace ${id.replace("acct_", "")}` }))];
  return [
    ...PORTALS.map(({ id, name }) => ({ service: "hubspot" as const, id, name, base: `/hubspot/${id}/contacts` })),
    ...sandbox.map(({ id, name }) => ({ service: "sandbox-crm" as const, id, name, base: `/sandbox-crm/${id}/contacts` })),
  ];
}

function overview(sim: Simulation, accounts: Account[]): Markup {
  const cards = accounts.map((account) => {
    const count = sim.world.collection({ service: account.service, account: account.id, object: "contacts" }).liveCount();
    const user = portalById(account.id)?.user ?? (account.id === "acct_demo" ? `API key ${DEMO_KEY}` : "opened by its API key");
    return html`<div class="card"><span class="badge">${account.service === "hubspot" ? "HubSpot sandbox" : "Sandbox CRM"}</span><h2>${account.name}</h2><p class="quiet">${account.id}<br>${user}<br>${count.toLocaleString("en")} contacts</p><a class="button" href="${account.base}">Open ${account.name}</a></div>`;
  });
  return html`<h1>Accounts</h1><p class="quiet">Third-party systems to connect to. Everything here is made up; change what you like and watch it arrive.</p><div class="grid">${cards}</div>`;
}
