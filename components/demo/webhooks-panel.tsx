"use client";

import { Log } from "./log.tsx";
import { clock, usePolled } from "./use-polled";

type Received = { id: string; type: string; receivedAt: string; verified: boolean; payload: unknown };

/** The stand-in vendor's webhook receiver, as its engineers would log it. */
export function WebhooksPanel() {
  const { data, failed } = usePolled<{ items: Received[] }>("/demo/events", 2000);
  return (
    <section className="acme-sheet">
      <h3>
        Webhooks received <span>POST /demo/webhook</span>
      </h3>
      {failed ? <p className="acme-none">The receiver cannot be reached at the moment.</p> : null}
      {data && data.items.length === 0 ? <p className="acme-none">None yet. One arrives when records change.</p> : null}
      <Log name="Webhooks received">
        {data?.items.map((item) => (
          <li key={item.id}>
            <time>{clock(item.receivedAt)}</time>
            <code>
              {item.type} {item.verified ? "✓ signature verified" : "✗ signature wrong"} <em>{JSON.stringify(item.payload)}</em>
            </code>
          </li>
        ))}
      </Log>
    </section>
  );
}
