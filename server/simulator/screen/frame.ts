import { html, type Markup } from "./html";
import { page } from "./layout";

/** Renews the list of API requests every two seconds while somebody looks. */
const LIVE = `
const list=document.getElementById("log");
const show=(r)=>{const li=document.createElement("li");const status=document.createElement("b");status.textContent=r.status;status.className=r.status<400?"good":"bad";
const text=document.createElement("span");text.textContent=r.method+" "+r.path.replace(/^.[^/]+/,"");const ms=document.createElement("span");ms.className="quiet end";ms.textContent=Math.max(1,Math.round(r.ms))+" ms";li.append(status,text,ms);return li};
const renew=async()=>{if(document.hidden)return;try{const r=await fetch("/_stats");if(!r.ok)return;const s=await r.json();
const none=document.createElement("li");none.className="quiet";none.textContent="None yet";
list.replaceChildren(...(s.recent.length?s.recent.slice(0,14).map(show):[none]));document.getElementById("count").textContent=s.requests.toLocaleString("en")+" requests, "+s.records.toLocaleString("en")+" records read";}catch{}};
if(list){renew();setInterval(renew,2000)}`;

/** The frame every screen of the simulated product shares: header, main part, live list of API requests. */
export function framed(title: string, current: string, body: Markup, links: readonly { href: string; label: string }[]): string {
  const nav = links.map(
    ({ href, label }) => html`<a href="${href}" ${{ markup: href === current ? 'aria-current="page"' : "" }}>${label}</a>`,
  );
  return page(
    `${title} · Sandbox SaaS`,
    html`<header><div class="inner"><a class="brand" href="/">Sandbox SaaS</a><span class="badge">simulated data</span><nav aria-label="Accounts">${nav}</nav></div></header>
<main class="wrap"><div class="split"><div>${body}</div>
<aside aria-labelledby="log-title"><div class="card"><h2 id="log-title">API requests</h2><p class="quiet" id="count">Live, newest first</p><ol class="log" id="log"></ol></div></aside></div></main>`,
    { script: LIVE },
  );
}
