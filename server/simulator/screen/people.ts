import { type Exchange, readForm, redirect } from "../exchange";
import type { Simulation } from "../simulation";
import type { Collection } from "../world/collection";
import type { Properties } from "../world/object-kind";
import type { CollectionKey } from "../world/world";
import { html, type Markup } from "./html";

const PER_PAGE = 25;

/** What a person can edit, with the input each gets. */
const EDITABLE = [
  { name: "firstname", label: "First name", type: "text" },
  { name: "lastname", label: "Last name", type: "text" },
  { name: "email", label: "E-mail", type: "email" },
  { name: "phone", label: "Phone", type: "text" },
  { name: "company", label: "Company", type: "text" },
  { name: "jobtitle", label: "Job title", type: "text" },
] as const;

export function displayName(properties: Properties): string {
  return [properties["firstname"], properties["lastname"]].join(" ").trim() || properties["email"] || "Without a name";
}

/** The contacts of an account, last changed first, with search and pages. */
export function listPage(x: Exchange, collection: Collection, base: string, account: string): Markup {
  const query = (x.query.get("q") ?? "").trim();
  const slots = findSlots(collection, query.toLowerCase());
  const pages = Math.max(1, Math.ceil(slots.length / PER_PAGE));
  const number = Math.min(pages, Math.max(1, Math.trunc(Number(x.query.get("page"))) || 1));
  const rows = slots.slice((number - 1) * PER_PAGE, number * PER_PAGE).map((slot) => row(collection, slot, base));
  const link = (to: number) => `${base}?${new URLSearchParams({ q: query, page: String(to) })}`;
  const done = x.query.get("done");
  return html`<h1>Contacts</h1><p class="quiet">${account} · ${slots.length.toLocaleString("en")} ${query === "" ? "contacts" : "found"}</p>
${done ? [html`<p class="notice good" role="status">${done === "archived" ? "The contact was archived." : "Saved."}</p>`] : []}
<form class="bar" method="get" role="search"><div class="grow"><label for="q">Search contacts</label><input id="q" name="q" type="search" value="${query}"></div>
<button class="button">Search</button><a class="button main" href="${base}/new">New contact</a></form>
<div class="card scroll" tabindex="0" role="region" aria-label="Contacts"><table><thead><tr><th scope="col">Name</th><th scope="col">E-mail</th><th scope="col" class="extra">Company</th><th scope="col">Last modified</th></tr></thead><tbody>${rows}</tbody></table></div>
<div class="bar"><span class="quiet">Page ${number} of ${pages}</span>${number > 1 ? [html`<a class="button" href="${link(number - 1)}">Previous</a>`] : []}${number < pages ? [html`<a class="button" href="${link(number + 1)}">Next</a>`] : []}</div>`;
}

function findSlots(collection: Collection, query: string): number[] {
  const found: number[] = [];
  for (const slot of collection.timeline.order()) {
    if (!collection.isArchived(slot) && (query === "" || matches(collection, slot, query))) found.push(slot);
  }
  return found.reverse();
}

function matches(collection: Collection, slot: number, query: string): boolean {
  const properties = collection.properties(slot);
  const text = `${displayName(properties)}\n${EDITABLE.map(({ name }) => properties[name] ?? "").join("\n")}\n${collection.id(slot)}`;
  return text.toLowerCase().includes(query);
}

function row(collection: Collection, slot: number, base: string): Markup {
  const properties = collection.properties(slot);
  const modified = new Date(collection.updatedAt(slot)).toISOString();
  return html`<tr><td><a href="${base}/${collection.id(slot)}">${displayName(properties)}</a></td><td>${properties["email"]}</td><td class="extra">${properties["company"]}</td><td><time datetime="${modified}">${modified.slice(0, 16).replace("T", " ")}</time></td></tr>`;
}

/** What was entered and cannot be saved as it is, with what is wrong by field. */
export type Refused = { entered: Properties; faults: Record<string, string> };

function input({ name, label, type }: (typeof EDITABLE)[number], value: string | null | undefined, fault: string | undefined): Markup {
  const wrong: Markup = { markup: fault ? `aria-invalid="true" aria-describedby="${name}-fault"` : "" };
  return html`<div><label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off" ${wrong}>${fault ? [html`<p class="fault" id="${name}-fault">${fault}</p>`] : []}</div>`;
}

/** One contact as a form; `slot` null for a new one. */
export function editPage(x: Exchange, collection: Collection, slot: number | null, base: string, refused?: Refused): Markup {
  const properties = slot === null ? {} : collection.properties(slot);
  const inputs = EDITABLE.map((each) => input(each, (refused?.entered ?? properties)[each.name], refused?.faults[each.name]));
  const modified = slot === null ? null : new Date(collection.updatedAt(slot)).toISOString();
  const archive =
    slot === null
      ? []
      : [
          html`<form method="post" action="${base}/${collection.id(slot)}/archive"><button class="button danger">Archive contact</button></form>`,
        ];
  return html`<p><a href="${base}">All contacts</a></p><h1>${slot === null ? "New contact" : displayName(properties)}</h1>
${slot === null ? [] : [html`<p class="quiet">ID <code>${collection.id(slot)}</code> · last modified <time datetime="${modified}">${modified?.replace("T", " ")}</time></p>`]}
${x.query.has("done") ? [html`<p class="notice good" role="status">Saved.</p>`] : []}
<form class="card" method="post" action="${base}/${slot === null ? "new" : collection.id(slot)}" novalidate><div class="fields">${inputs}</div><button class="button main">Save contact</button></form>
<div class="bar">${archive}</div>`;
}

/** An address in the form mail programs take; nobody is written to. */
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

function faultsOf(set: Properties, isNew: boolean): Refused["faults"] | null {
  if (set["email"] && !ADDRESS.test(set["email"])) return { email: "This is no e-mail address. Write it like ada@example.com." };
  return isNew && Object.keys(set).length === 0 ? { firstname: "Fill in at least one field." } : null;
}

/**
 * Saves the form of {@link editPage}, or answers what is wrong with it. What was not changed is not written, so that opening and
 * saving is no change; what the account holds already is not judged.
 */
export async function saveContact(
  sim: Simulation,
  x: Exchange,
  key: CollectionKey,
  slot: number | null,
  base: string,
): Promise<Refused | null> {
  const form = await readForm(x);
  const collection = sim.world.collection(key);
  const before: Properties = slot === null ? {} : collection.properties(slot);
  const set: Properties = {};
  for (const { name } of EDITABLE) {
    const value = form.get(name);
    if (value !== null && value !== (before[name] ?? "")) set[name] = value === "" ? null : value;
  }
  const entered = Object.fromEntries(EDITABLE.map(({ name }) => [name, form.get(name)]));
  const faults = faultsOf(set, slot === null);
  if (faults) return { entered, faults };
  let target = slot;
  if (slot === null) target = sim.world.change(key, { op: "create", at: sim.world.now(), set });
  else if (Object.keys(set).length > 0) sim.world.change(key, { op: "set", id: collection.id(slot), at: sim.world.now(), set });
  redirect(x, `${base}/${collection.id(target ?? 0)}?done=saved`);
  return null;
}

/** Archives and goes back to the list. */
export function archiveContact(sim: Simulation, x: Exchange, key: CollectionKey, slot: number, base: string): void {
  sim.world.change(key, { op: "archive", id: sim.world.collection(key).id(slot), at: sim.world.now() });
  redirect(x, `${base}?done=archived`);
}
