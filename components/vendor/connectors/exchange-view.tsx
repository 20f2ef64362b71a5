import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatNumber } from "#components/ui/format";
import type { TrialExchange } from "#server/domains/connectors/trial";

const lines = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

/** JSON with its lines; anything else as it came. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** One request and its answer as they went over the wire, secrets masked. */
export function ExchangeView({ exchange }: { exchange: TrialExchange }) {
  const { method, url, status, ms, answerBytes } = exchange;
  const fine = status !== null && status >= 200 && status < 300;
  const body = exchange.requestBody === null ? "" : `\n\n${readable(exchange.requestBody)}`;
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={fine ? "success" : "danger"}>{status ?? "no answer"}</Badge>
        <code className="min-w-0 break-all">
          {method} {url}
        </code>
        <span className="text-secondary text-xs">
          {formatNumber(ms)} ms · {formatNumber(answerBytes)} bytes
        </span>
      </p>
      <CodeBlock code={`${method} ${url}\n${lines(exchange.requestHeaders)}${body}`} label="request" />
      <CodeBlock code={`${lines(exchange.answerHeaders)}\n\n${readable(exchange.answerBody)}`} label="answer" />
    </div>
  );
}
