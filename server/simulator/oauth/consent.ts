import type { Provider } from "oidc-provider";
import { BadRequest, type Exchange, readForm } from "../exchange";
import { PORTALS, portalById, SCOPES } from "../hubspot/portals";
import { errorPage } from "../screen/error-page";
import { html } from "../screen/html";
import { page, sendPage } from "../screen/layout";
import type { Simulation } from "../simulation";

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** The page on which a customer chooses an account and allows or denies access. Works without JavaScript. */
export async function consent(sim: Simulation, provider: Provider, x: Exchange): Promise<void> {
  let interaction: Interaction;
  try {
    interaction = await provider.interactionDetails(x.req, x.res);
  } catch {
    return sendPage(x, 400, errorPage("This request has expired", "The authorization was already answered, or waited too long."));
  }
  const scopes = requestedScopes(interaction);
  if (x.method !== "POST") {
    const isolation: Record<string, string> = sim.controls.isolateOpener ? { "cross-origin-opener-policy": "same-origin" } : {};
    return sendPage(x, 200, consentPage(interaction, scopes), isolation);
  }
  const form = await readForm(x);
  if (form.get("decision") !== "allow") {
    const result = { error: "access_denied", error_description: "The user denied access to the app." };
    return provider.interactionFinished(x.req, x.res, result, { mergeWithLastSubmission: false });
  }
  const portal = portalById(form.get("portal"));
  if (!portal) throw new BadRequest("Choose one of the accounts.");
  const clientId = String(interaction.params["client_id"]);
  const grant = new provider.Grant({ accountId: portal.id, clientId });
  const withheld = scopes.filter((scope) => sim.controls.withholdScopes.includes(scope));
  grant.addOIDCScope(scopes.filter((scope) => !withheld.includes(scope)).join(" "));
  if (withheld.length > 0) grant.rejectOIDCScope(withheld.join(" "));
  const result = { login: { accountId: portal.id, remember: false }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(x.req, x.res, result, { mergeWithLastSubmission: false });
}

function requestedScopes({ params }: Interaction): string[] {
  return [...new Set(String(params["scope"] ?? "").split(" "))].filter((scope) => scope in SCOPES);
}

function consentPage(interaction: Interaction, scopes: readonly string[]): string {
  const redirect = new URL(String(interaction.params["redirect_uri"]));
  const choices = PORTALS.map(
    (portal, i) =>
      html`<label class="choice"><input type="radio" name="portal" value="${portal.id}" ${{ markup: i === 0 ? "checked" : "" }} required><span><strong>${portal.name}</strong><span class="quiet">Account ${portal.id} · ${portal.user}</span></span></label>`,
  );
  const body = html`<main class="card">
<p class="quiet"><span class="badge">HubSpot sandbox</span></p>
<h1>Connect an app</h1>
<p><strong>Inlay demo app</strong> at <strong>${redirect.host}</strong> asks for access to one of your accounts. Nothing here is real.</p>
<form method="post">
<fieldset><legend>Account to connect</legend>${choices}</fieldset>
<h2 id="scopes">It will be able to</h2>
<ul class="scopes" aria-labelledby="scopes">${scopes.map((scope) => html`<li>${SCOPES[scope]}</li>`)}</ul>
<div class="actions"><button class="button" name="decision" value="deny" formnovalidate>Deny</button><button class="button main" name="decision" value="allow">Allow</button></div>
</form>
</main>`;
  return page("Connect an app · HubSpot sandbox", body, { narrow: true });
}
