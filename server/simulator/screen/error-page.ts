import { html } from "./html";
import { page } from "./layout";

/** A page that says one thing went wrong. */
export function errorPage(title: string, message: string): string {
  return page(
    title,
    html`<main class="card"><h1>${title}</h1><p>${message}</p><p class="quiet">This is the sandbox of a third-party system. Close this window and start again from the product, or look at <a href="/">the accounts</a>.</p></main>`,
    {
      narrow: true,
    },
  );
}
