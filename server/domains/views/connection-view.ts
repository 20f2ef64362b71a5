import { isPrivateKey } from "#server/connectors/index";
import type { ConnectionState, ConnectionView, Problem, RunKind, StreamView } from "#server/trpc/views";
import { inWordsOf } from "#server/words/connector-words";
import { type Audience, problemOf, stoppedOf } from "./problem";

/** A moment as a column (`Date`) or inside JSON (text). */
type Moment = Date | string;

type StreamRow = {
  id: string;
  key: string;
  templateId: string;
  label: string;
  object: string;
  modelKey: string;
  direction: StreamView["direction"];
  heldCount: number;
  conflictCount: number;
  status: "active" | "off";
  phase: "backfill" | "incremental";
  state: ConnectionState;
  recordCount: number;
  quarantineCount: number;
  /** The published version of the mapping. */
  templateVersion: number;
  /** Raised by every change of the mapping, the customer's own among them; below it, records are being re-mapped. */
  mappingVersion: number;
  mappedVersion: number;
  pauseReasons: string[];
  decisions: number;
  missingCount: number | null;
  /** So many of them are there, and the filter leaves them out. */
  missingLeftOut: number | null;
  missingSince: Moment | null;
  lastSuccessAt: Moment | null;
  nextRunAt: Moment | null;
  waitingUntil: Moment | null;
  totalEstimate: number | null;
  failureCode: string | null;
  failureMessage: string | null;
  runId: string | null;
  runKind: RunKind | null;
  runSeen: number | null;
  runSeconds: number | null;
};

/** What `connectionRows` gives. */
export type ConnectionRow = {
  id: string;
  integrationId: string;
  integrationName: string;
  connectorKey: string;
  customerId: string;
  customerName: string;
  status: "active" | "reauth" | "disconnected";
  statusReason: string | null;
  accountId: string;
  accountLabel: string;
  createdAt: Moment;
  state: ConnectionState;
  streams: StreamRow[];
};

/** A shipped connector's drawing; of a private one a letter on a colour of its own, as an address that needs no file. */
export function iconUrl(connectorKey: string): string {
  if (!isPrivateKey(connectorKey)) return `/v1/icons/${connectorKey}.svg`;
  const name = connectorKey.slice(2);
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl(${hue} 45% 40%)"/><text x="20" y="27" font-family="system-ui,sans-serif" font-size="20" font-weight="600" text-anchor="middle" fill="#fff">${name.slice(0, 1).toUpperCase()}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const moment = (value: Moment | null): Date | null => (value === null ? null : new Date(value));

/** Too early to tell a pace before this many seconds. */
const PACE_AFTER_SECONDS = 1;

function progressOf(row: StreamRow): StreamView["progress"] {
  if (row.runId === null || row.runKind === null || row.runSeen === null || row.runSeconds === null) return null;
  const done = row.runSeen;
  // An incremental run does not know how much is waiting; a re-mapping goes over all that is stored.
  const wanted = row.runKind === "backfill" ? row.totalEstimate : row.runKind === "remap" ? row.recordCount + row.quarantineCount : null;
  const total = wanted !== null && wanted >= done && wanted > 0 ? wanted : null;
  const perSecond = done > 0 && row.runSeconds >= PACE_AFTER_SECONDS ? done / row.runSeconds : null;
  const etaSeconds = total !== null && perSecond !== null ? Math.ceil((total - done) / perSecond) : null;
  return {
    runId: row.runId,
    kind: row.runKind,
    done,
    total,
    perSecond: perSecond === null ? null : Math.round(perSecond * 10) / 10,
    etaSeconds,
  };
}

/** A failure is told until the next run is under way. */
function streamProblem(row: StreamRow, audience: Audience): Problem | null {
  if (row.state === "disconnected") return null;
  if (row.missingCount !== null) return problemOf(audience, "delete_guard_tripped", null);
  if (row.runId !== null) return null;
  if (row.pauseReasons.includes("quarantine")) return stoppedOf(audience, row.failureCode ?? "record_invalid", row.failureMessage);
  return row.failureCode === null ? null : problemOf(audience, row.failureCode, row.failureMessage);
}

function streamView(row: StreamRow, audience: Audience): StreamView {
  const {
    id,
    key,
    templateId,
    label,
    object,
    modelKey,
    direction,
    heldCount,
    conflictCount,
    status,
    state,
    phase,
    recordCount,
    quarantineCount,
    templateVersion,
    mappingVersion,
    mappedVersion,
    pauseReasons,
    decisions,
  } = row;
  return {
    ...{
      id,
      key,
      templateId,
      label: audience === "vendor" ? label : inWordsOf(audience.language, label),
      object,
      modelKey,
      direction,
      heldCount,
      conflictCount,
      status,
      state,
      phase,
      recordCount,
      quarantineCount,
      templateVersion,
      mappingVersion,
      mappedVersion,
      pauseReasons,
      decisions,
    },
    progress: progressOf(row),
    lastSuccessAt: moment(row.lastSuccessAt),
    nextRunAt: moment(row.nextRunAt),
    waitingUntil: moment(row.waitingUntil),
    missing:
      row.missingCount === null
        ? null
        : { count: row.missingCount, since: new Date(row.missingSince ?? 0), leftOut: row.missingLeftOut ?? 0 },
    problem: streamProblem(row, audience),
  };
}

function connectionProblem(row: ConnectionRow, streams: StreamView[], audience: Audience): Problem | null {
  const worst = streams.find((stream) => stream.state === row.state && stream.problem !== null)?.problem ?? null;
  if (row.status !== "reauth") return worst;
  return worst ?? problemOf(audience, "reauth_required", row.statusReason);
}

/** A row of `connectionRows` as screens get it, in its reader's words. */
export function connectionView(row: ConnectionRow, audience: Audience): ConnectionView {
  const { id, integrationId, integrationName, connectorKey, customerId, customerName, state, accountId, accountLabel } = row;
  const streams = row.streams.map((stream) => streamView(stream, audience));
  return {
    ...{ id, integrationId, integrationName, connectorKey, customerId, customerName, state, accountId, accountLabel, streams },
    iconUrl: iconUrl(connectorKey),
    createdAt: new Date(row.createdAt),
    problem: connectionProblem(row, streams, audience),
  };
}
