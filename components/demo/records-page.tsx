"use client";

import Link from "next/link";
import { AcmeShell } from "./acme-shell.tsx";
import type { DemoCustomer } from "./customers";
import { Log } from "./log.tsx";
import { clock, usePolled } from "./use-polled";

type DemoRecord = { id: string; model: string; data: Record<string, unknown>; updatedAt: string };
type DemoChange = { position: number; op: string; model: string; at: string; recordId: string; record: Record<string, unknown> | null };
type Answer = { records: DemoRecord[]; changes: DemoChange[]; latest: number };

export type Column = { name: string; keys: string[] };

function cell(data: Record<string, unknown>, keys: string[]): string {
  for (const key of keys) {
    const value = data[key];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number") return new Intl.NumberFormat("en-GB").format(value);
  }
  return "–";
}

function Rows({ records, columns }: { records: DemoRecord[]; columns: readonly Column[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
    <section className="acme-scroll" aria-label="Records" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col">
                {column.name}
              </th>
            ))}
            <th scope="col">Received</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.id}>
              {columns.map((column) => (
                <td key={column.name}>{cell(record.data, column.keys)}</td>
              ))}
              <td>{clock(record.updatedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Tail({ changes, latest }: { changes: DemoChange[]; latest: number }) {
  return (
    <section className="acme-wings">
      <h2>Behind the scenes</h2>
      <p>
        Acme’s server reads <code>GET /v1/records</code> for the table, and follows <code>GET /v1/changes</code>, which is at position{" "}
        {new Intl.NumberFormat("en-GB").format(latest)}.
      </p>
      <section className="acme-sheet">
        <h3>
          Newest changes <span>of all kinds</span>
        </h3>
        {changes.length === 0 ? <p className="acme-none">The feed is empty so far.</p> : null}
        <Log name="Newest changes">
          {changes.toReversed().map((change) => (
            <li key={change.position}>
              <time>{clock(change.at)}</time>
              <code>
                #{change.position} {change.model} {change.op} <em>{change.record ? JSON.stringify(change.record) : change.recordId}</em>
              </code>
            </li>
          ))}
        </Log>
      </section>
    </section>
  );
}

type RecordsPageProps = { title: string; model: string; columns: readonly Column[]; customer: DemoCustomer };

/** One of Acme's own lists, filled by what its customers connected. */
export function RecordsPage({ title, model, columns, customer }: RecordsPageProps) {
  const { data, failed } = usePolled<Answer>(`/demo/records?customer=${customer.id}&model=${model}`, 2000);
  const records = data?.records.filter((record) => record.model === model) ?? [];
  return (
    <AcmeShell title={title} below={`What ${customer.name} has in Acme. The first ten are shown.`} customer={customer}>
      <section className="acme-sheet">
        {failed && !data ? <p className="acme-none">Acme’s server cannot be reached at the moment.</p> : null}
        {data && records.length === 0 ? (
          <p className="acme-none">
            No {title.toLowerCase()} yet.{" "}
            <Link className="acme-link" href={`/demo?customer=${customer.id}`}>
              Connect an integration
            </Link>{" "}
            that brings some.
          </p>
        ) : null}
        {records.length > 0 ? <Rows records={records} columns={columns} /> : null}
        {data || failed ? null : <p className="acme-none">Loading…</p>}
      </section>
      {data ? <Tail changes={data.changes} latest={data.latest} /> : null}
    </AcmeShell>
  );
}
