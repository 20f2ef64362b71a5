import { ERRORS, type ErrorCode } from "#server/lib/errors";
import { openApiDocument } from "./openapi";
import { HTTP_STATUS } from "./problem";
import { RATE } from "./rate-limit";

type Json = Record<string, unknown>;
type Entry = {
  summary: string;
  description?: string;
  security: { secretKey: string[] }[];
  parameters: Json[];
  requestBody?: Json;
  responses: Record<string, Json>;
};

const plain = (text: unknown) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const prose = (text: string) => plain(text).replace(/`([^`]+)`/g, "<code>$1</code>");

const STYLE = `:root{color-scheme:light dark;--line:#8883;--soft:#8881}body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:0 auto;padding:2.5rem 1.25rem 5rem}
h1{font-size:1.9rem;margin:0 0 .3rem}h2{margin:3rem 0 1rem;font-size:1.3rem}article{border:1px solid var(--line);border-radius:12px;padding:1rem 1.25rem;margin:0 0 1rem}
h3{font-size:1rem;margin:0}p{margin:.4rem 0}code,pre{font:.86em/1.5 ui-monospace,monospace}pre{background:var(--soft);border-radius:8px;padding:.75rem;overflow:auto}
.m{display:inline-block;min-width:4.2rem;font-weight:700}table{border-collapse:collapse;width:100%;margin:.6rem 0}td,th{border-top:1px solid var(--line);padding:.4rem .5rem .4rem 0;text-align:left;vertical-align:top}
details{margin:.5rem 0}summary{cursor:pointer}.soft{opacity:.75}`;

const typeOf = (schema: Json | undefined): string => {
  const choices = schema?.["enum"] as string[] | undefined;
  return choices ? choices.map((choice) => `"${choice}"`).join(" | ") : String(schema?.["type"] ?? "any");
};

function parameterRow(parameter: Json): string {
  const facts = `${plain(typeOf(parameter["schema"] as Json))}${parameter["required"] ? ", required" : ""}`;
  return `<tr><td><code>${plain(parameter["name"])}</code></td><td class="soft">${facts}</td><td>${prose(String(parameter["description"] ?? ""))}</td></tr>`;
}

const schemaBlock = (title: string, schema: unknown) =>
  `<details><summary>${title}</summary><pre>${plain(JSON.stringify(schema, null, 2))}</pre></details>`;

function contentOf(holder: Json | undefined): unknown {
  const content = holder?.["content"] as Record<string, { schema: unknown }> | undefined;
  return content ? Object.values(content)[0]?.schema : undefined;
}

function article(method: string, path: string, entry: Entry): string {
  const rows = entry.parameters.map(parameterRow).join("");
  const [status = "", success] = Object.entries(entry.responses)[0] ?? [];
  const body = contentOf(entry.requestBody);
  const result = contentOf(success);
  return `<article><h3><code><span class="m">${method.toUpperCase()}</span>${plain(path)}</code></h3><p><strong>${prose(entry.summary)}</strong> <span class="soft">scope ${entry.security.map(({ secretKey }) => secretKey.join(", ")).join()}</span></p>
${entry.description ? `<p>${prose(entry.description)}</p>` : ""}${rows ? `<table>${rows}</table>` : ""}
${body ? schemaBlock("Body", body) : ""}${result ? schemaBlock(`Answer ${status}`, result) : `<p class="soft">Answers ${status}.</p>`}</article>`;
}

function render(): string {
  const document = openApiDocument() as { paths: Record<string, Record<string, Entry>>; components: { schemas: Json } };
  const operations = Object.entries(document.paths).flatMap(([path, entries]) =>
    Object.entries(entries).map(([m, entry]) => article(m, path, entry)),
  );
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => schemaBlock(plain(name), schema));
  const errors = (Object.keys(ERRORS) as ErrorCode[]).map(
    (code) =>
      `<tr id="${code}"><td><code>${code}</code></td><td class="soft">${HTTP_STATUS[code]}</td><td>${plain(ERRORS[code].vendor)}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Inlay API</title><style>${STYLE}</style>
<h1>Inlay API</h1><p>For your backend. Send your secret key with every request; never use it in a browser. Machine-readable: <a href="/v1/openapi.json">openapi.json</a>.</p>
<pre>curl -H "Authorization: Bearer sk_test_…" "$INLAY/v1/changes?after=0&amp;limit=100"</pre>
<h2>Every call</h2><p><strong>Scopes.</strong> A key may <code>read</code>, <code>write</code> or open <code>sessions</code>, as was chosen when it was made; each operation names the one it needs. Without it: 403.</p>
<p><strong>Doing it once.</strong> Send <code>Idempotency-Key</code> with a POST, a new one for each change. If you do not know whether a call arrived, send it again with the same key: it is done at most once within 24 hours, and answers the same. Another input under the same key: 422; the first still at work: 409.</p>
<p><strong>Pace.</strong> A key may make ${RATE.perSecond} calls a second, and ${RATE.burst} at once after a rest, for each web process. <code>RateLimit-Limit</code>, <code>RateLimit-Remaining</code> and <code>RateLimit-Reset</code> (seconds) are in every answer; 429 says with <code>Retry-After</code> when to come back.</p>
<h2>Operations</h2>${operations.join("\n")}<h2>Objects</h2>${schemas.join("\n")}
<h2>Errors</h2><p>Every error is <code>application/problem+json</code> with one of these codes and a <code>requestId</code>.</p><table>${errors.join("")}</table></html>`;
}

let page: string | undefined;

/** The API's documentation as one page without any further file, derived from the OpenAPI document. */
export function docsPage(): string {
  page ??= render();
  return page;
}
