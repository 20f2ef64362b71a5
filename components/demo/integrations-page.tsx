"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Handle, OpenOptions } from "#components/widget/open";
import type { WidgetEvent, WidgetTheme } from "#components/widget/protocol";
import { AcmeShell, useNight } from "./acme-shell.tsx";
import type { DemoCustomer } from "./customers";
import { Log } from "./log.tsx";
import { clock } from "./use-polled";
import { WebhooksPanel } from "./webhooks-panel.tsx";

declare global {
  interface Window {
    Inlay?: { open(options: OpenOptions): Handle };
  }
}

type Heard = { n: number; at: number; event: WidgetEvent };

/** The script a vendor puts into its page, loaded once. */
function useInlay(inlayOrigin: string): Window["Inlay"] | null {
  const [inlay, setInlay] = useState<Window["Inlay"] | null>(null);
  useEffect(() => {
    if (window.Inlay) return setInlay(window.Inlay);
    const script = document.createElement("script");
    script.src = `${inlayOrigin}/v1/inlay.js`;
    script.onload = () => setInlay(window.Inlay ?? null);
    document.head.append(script);
  }, [inlayOrigin]);
  return inlay;
}

/** Acme's server makes the session with its secret key; the page only ever sees the token. */
async function sessionFor(customer: string): Promise<string> {
  const answer = await fetch("/demo/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ customer }),
  });
  if (!answer.ok) throw new Error(`No session (${answer.status})`);
  return ((await answer.json()) as { token: string }).token;
}

/** Acme's paper by day and by night. */
const LOOKS = {
  day: { appearance: "light", background: "#f6f3ec" },
  night: { appearance: "dark", background: "#141b19" },
} satisfies Record<string, WidgetTheme>;

type HostProps = { inlayOrigin: string; publishableKey: string; customer: DemoCustomer };
type IntegrationsPageProps = HostProps & { simulatorOrigin: string | null };

function MarketplaceHost({ inlayOrigin, publishableKey, customer, onHeard }: HostProps & { onHeard: (event: WidgetEvent) => void }) {
  const inlay = useInlay(inlayOrigin);
  const night = useNight();
  const mount = useRef<HTMLDivElement>(null);
  const handle = useRef<Handle | null>(null);
  const look = useRef<WidgetTheme>(LOOKS.day);
  look.current = night ? LOOKS.night : LOOKS.day;

  useEffect(() => {
    if (!inlay || !mount.current) return;
    const opened = inlay.open({
      publishableKey,
      mount: mount.current,
      session: () => sessionFor(customer.id),
      theme: look.current,
      onEvent: onHeard,
    });
    handle.current = opened;
    return () => opened.close();
  }, [inlay, publishableKey, customer.id, onHeard]);

  useEffect(() => handle.current?.setTheme(night ? LOOKS.night : LOOKS.day), [night]);
  return <div ref={mount} data-testid="marketplace" />;
}

function HeardPanel({ heard }: { heard: Heard[] }) {
  return (
    <section className="acme-sheet">
      <h3>
        Events in the page <span>onEvent</span>
      </h3>
      {heard.length === 0 ? <p className="acme-none">Nothing yet.</p> : null}
      <Log name="Events in the page">
        {heard.map(({ n, at, event: { type, ...rest } }) => (
          <li key={n}>
            <time>{clock(at)}</time>
            <code>
              {type} <em>{Object.keys(rest).length > 0 ? JSON.stringify(rest) : ""}</em>
            </code>
          </li>
        ))}
      </Log>
    </section>
  );
}

/** Acme's Integrations page: the marketplace, and beneath it what Acme's engineers get to see of it. */
export function IntegrationsPage(props: IntegrationsPageProps) {
  const { inlayOrigin, simulatorOrigin, publishableKey, customer } = props;
  const [heard, setHeard] = useState<Heard[]>([]);
  const hear = useCallback((event: WidgetEvent) => {
    setHeard((before) => [{ n: (before[0]?.n ?? 0) + 1, at: Date.now(), event }, ...before].slice(0, 60));
  }, []);
  const openModal = () => {
    window.Inlay?.open({ publishableKey, modal: true, session: () => sessionFor(customer.id), onEvent: hear });
  };
  return (
    <AcmeShell
      title="Connect your tools"
      below={`Bring ${customer.name}’s other tools into Acme.`}
      customer={customer}
      tools={
        <button type="button" className="acme-button" onClick={openModal}>
          Open as a dialog
        </button>
      }
    >
      <MarketplaceHost inlayOrigin={inlayOrigin} publishableKey={publishableKey} customer={customer} onHeard={hear} />
      <section className="acme-wings">
        <h2>Behind the scenes</h2>
        <p>
          What Acme’s engineers see while a customer uses the marketplace above. Their{" "}
          <a className="acme-link" href={`${inlayOrigin}/overview`} target="_blank" rel="noreferrer">
            dashboard
          </a>{" "}
          shows every customer and run
          {simulatorOrigin ? (
            <>
              ; the data of the third parties can be changed in the{" "}
              <a className="acme-link" href={simulatorOrigin} target="_blank" rel="noreferrer">
                simulator
              </a>
            </>
          ) : null}
          .
        </p>
        <div className="acme-columns">
          <HeardPanel heard={heard} />
          <WebhooksPanel />
        </div>
      </section>
    </AcmeShell>
  );
}
