import { systemStatement } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { createGroup, type Group } from "./group-commit";

export type NewCall = { endpointId: string; eventKey: string; content: string };

const US = "\u001f";
const MIB = 1_048_576;

// Environment, customer and connection are taken from the endpoint as it is now: nothing can be stored for one that is gone.
const INSERT = `
  with given as (
    select * from unnest(string_to_array($1, E'\\x1f'), string_to_array($2, E'\\x1f'), string_to_array($3, E'\\x1f')) as u(endpoint_id, event_key, content)
  ), place as (
    select id, environment_id, customer_id, connection_id from inbound_endpoints where id = any (string_to_array($4, E'\\x1f'))
  ), stored as (
    insert into inbox (endpoint_id, event_key, environment_id, customer_id, connection_id, content)
    select p.id, g.event_key, p.environment_id, p.customer_id, p.connection_id, g.content
      from given g join place p on p.id = g.endpoint_id
    on conflict do nothing
  )
  select id from place`;

async function write(deps: Deps, calls: readonly NewCall[]): Promise<boolean[]> {
  const endpoints = [...new Set(calls.map((call) => call.endpointId))];
  const found = await systemStatement<{ id: string }>(deps.db, "one statement stores calls of several environments", INSERT, [
    calls.map((call) => call.endpointId).join(US),
    calls.map((call) => call.eventKey).join(US),
    calls.map((call) => call.content).join(US),
    endpoints.join(US),
  ]);
  const there = new Set(found.map((row) => row.id));
  return calls.map((call) => there.has(call.endpointId));
}

/**
 * Stores calls, those that arrive together in one statement. Each resolves once it is on disk: true = it is there (or was
 * already), false = its endpoint is gone.
 */
export function createCallStore(deps: Deps): Group<NewCall, boolean> {
  return createGroup({
    write: (calls) => write(deps, calls),
    sizeOf: (call) => call.content.length + 200,
    mostItems: 500,
    mostBytes: 8 * MIB,
    mostWaitingBytes: 128 * MIB,
    patienceMs: 10_000,
  });
}
