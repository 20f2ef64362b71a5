import type { Manifest } from "#server/runtime/manifest";
import { fineTree } from "./faults";
import { bad, OWN, type Stage } from "./listing";
import { packed } from "./pack";
import type { Call, Role, Said } from "./role";
import { textAround } from "./sample-text";
import type { Told } from "./template";
import { copy, plant } from "./tree";
import { type Protocol, writeAnswer } from "./wire";
import type { Kind } from "./world";

type Job = NonNullable<Manifest["objects"][string]["job"]>;
type Where = Job["id"];
/** A file that was asked for: what it will hold, and how often one asked for it. */
type Running = { rows: unknown[]; polls: number };
type Answer = { tree: unknown; headers: Record<string, string> };
type Play = { stage: Stage; kind: Kind; job: Job; protocol: Protocol; running: Map<string, Running> };

const NEXT = "part-2";

/** Puts a value where it is looked for. Returns it as it will be found. */
function tell(answer: Answer, where: Where, given: unknown): string {
  const { text, value } =
    typeof given === "string"
      ? textAround(typeof where === "string" ? undefined : where.pattern, given)
      : { text: given, value: String(given) };
  const { path, header } = typeof where === "string" ? { path: where, header: undefined } : where;
  if (header === undefined) answer.tree = plant(answer.tree, path ?? "$", text);
  else answer.headers[header] = String(text);
  return value;
}

const byHttp = ({ status }: Job): boolean => typeof status === "object" && "http" in status;
/** The answer that says "ready" is the file itself, or has it in itself. */
const isInside = ({ file, download }: Job): boolean => file === undefined && download === undefined;

function fileSaid({ stage, job }: Play, { rows }: Running, mark: string | null): Said {
  const half = Math.ceil(rows.length / 2);
  const own = job.parts ? (mark === null ? rows.slice(0, half) : rows.slice(half)) : rows;
  const bare = job.protocol.type === "csv" || job.protocol.type === "ndjson";
  const answer: Answer = { tree: plant(bare ? {} : fineTree(stage.manifest), job.records, own), headers: {} };
  if (job.parts && (mark === null || stage.stuck())) tell(answer, job.parts.next, NEXT);
  else if (job.parts?.none !== undefined) tell(answer, job.parts.next, job.parts.none);
  const { text, type } = writeAnswer(job.protocol, answer.tree);
  return { bytes: packed(Buffer.from(text), job.unpack), headers: { "content-type": type, ...answer.headers } };
}

/** An address of its own, where something is to be had from then on. */
function place(
  { stage, kind }: Play,
  { url, host = url.host, name, step }: { url: URL; host?: string; name: string; step: string },
  answer: () => Said,
): string {
  const path = `/stand-in/${name}`;
  stage.places.set(host + path, { role: `${kind.key}.job.${step}`, answer });
  return host === url.host ? path : `https://${host}${path}`;
}

const addressOf = (play: Play, call: Call, id: string, job: Running): string => {
  const [host] = play.job.fileHosts;
  const own = host === undefined ? {} : { host: host.replace("*.", "files.") };
  return place(play, { url: call.url, ...own, name: `files/${id}`, step: "file" }, () => fileSaid(play, job, null));
};

/** The answer that says that a file is ready, and where it is. */
function readySaid(play: Play, call: Call, id: string, found: Running): Answer {
  const { stage, job } = play;
  const answer: Answer = { tree: fineTree(stage.manifest), headers: {} };
  if (job.file !== undefined) tell(answer, job.file, job.locate || job.download ? `doc-${id}` : addressOf(play, call, id, found));
  if (isInside(job)) answer.tree = plant(answer.tree, job.records, found.rows);
  if (job.total !== undefined) tell(answer, job.total, found.rows.length);
  return answer;
}

function polled(play: Play, call: Call, id: string): Said {
  const { stage, job, running } = play;
  const found = running.get(id);
  if (!found) return { status: 404, tree: {} };
  const ready = found.polls++ > 0;
  if (ready && isInside(job) && byHttp(job)) return fileSaid(play, found, null);
  const answer = ready ? readySaid(play, call, id, found) : { tree: fineTree(stage.manifest), headers: {} };
  const { status } = job;
  if (typeof status === "object" && "http" in status) return { ...answer, status: ready ? Number(job.ready[0]) : 202 };
  tell(answer, status, wordOf(job, ready));
  return answer;
}

function wordOf({ ready }: Job, isReady: boolean): unknown {
  const [word = ""] = ready;
  if (word === "true" || word === "false") return (word === "true") === isReady;
  return isReady ? word : "sample-underway";
}

const textIn = (told: Told, name: string): string | null => (told.has(name) ? String(told.get(name)) : null);

/** A file that is always there. */
export function fileRoles(stage: Stage, kind: Kind): Role[] {
  const { file } = kind.spec;
  if (!file) return [];
  const marked = kind.spec.deletes?.by === "mark";
  const answer = (): Said => {
    const rows = kind.rows.filter((row) => marked || row.deletedMs === null).map((row) => copy(row.record));
    const bare = file.protocol.type === "csv" || file.protocol.type === "ndjson";
    const { text, type } = writeAnswer(file.protocol, plant(bare ? {} : fineTree(stage.manifest), file.records, rows));
    return { bytes: packed(Buffer.from(text), file.unpack), headers: { "content-type": type } };
  };
  return [{ name: `${kind.key}.file`, request: file.request, protocol: file.protocol, spots: [], own: OWN, answer }];
}

/** How a file is asked for, waited for and fetched. */
export function jobRoles(stage: Stage, kind: Kind, protocol: Protocol): Role[] {
  const { job } = kind.spec;
  if (!job) return [];
  const play: Play = { stage, kind, job, protocol, running: new Map() };
  const common = { protocol, spots: [], own: OWN };
  const begun = (_: Told, call: Call): Said => {
    const answer: Answer = { tree: fineTree(stage.manifest), headers: {} };
    const marked = kind.spec.deletes?.by === "mark";
    const rows = kind.rows.filter((row) => marked || row.deletedMs === null).map((row) => copy(row.record));
    const name = stage.fresh();
    const own: string = job.poll ? name : place(play, { url: call.url, name: `jobs/${name}`, step: "poll" }, () => polled(play, call, own));
    play.running.set(tell(answer, job.id, own), { rows, polls: 0 });
    return { ...answer, status: typeof job.id === "object" && job.id.header !== undefined ? 202 : 200 };
  };
  const roles: Role[] = [{ ...common, name: `${kind.key}.job.create`, request: job.create, answer: begun }];
  if (job.poll)
    roles.push({
      ...common,
      name: `${kind.key}.job.poll`,
      request: job.poll,
      answer: (told, call) => polled(play, call, textIn(told, "job") ?? ""),
    });
  const named = (told: Told) => textIn(told, "job") ?? textIn(told, "file")?.replace(/^doc-/, "") ?? "";
  if (job.locate) {
    const { request, file } = job.locate;
    const answer = (told: Told, call: Call): Said => {
      const found = play.running.get(named(told));
      if (!found) return bad(stage, "there is no such file");
      const said: Answer = { tree: fineTree(stage.manifest), headers: {} };
      tell(said, file, addressOf(play, call, named(told), found));
      return said;
    };
    roles.push({ ...common, name: `${kind.key}.job.locate`, request, answer });
  }
  if (job.download) {
    const answer = (told: Told): Said => {
      const found = play.running.get(named(told));
      return found ? fileSaid(play, found, textIn(told, "part")) : bad(stage, "there is no such file");
    };
    const spots = job.parts ? [{ ...job.parts.place, as: "part", required: false }] : [];
    roles.push({ ...common, name: `${kind.key}.job.file`, request: job.download, protocol: job.protocol, spots, answer });
  }
  return roles;
}
