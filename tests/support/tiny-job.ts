import { isAppError } from "#server/lib/errors";
import { drainTiny, openTiny, startTiny, type Told, tinyManifest } from "#tests/support/tiny-source";

export const csv = (body: unknown, headers: Record<string, string> = {}): Told => ({
  headers: { "content-type": "text/csv", ...headers },
  body,
});

/** A job whose file is a CSV at an address that its status tells. */
export const job = {
  create: { method: "POST", path: "/jobs" },
  id: "id",
  poll: { path: "/jobs/{job}" },
  status: "status",
  ready: ["done"],
  failed: ["failed"],
  everyMs: 5,
  file: "url",
  protocol: { type: "csv" },
  pageRows: 3,
};

/** A tiny server that makes files on demand, and how `thing` is read through them. Whoever starts it stops it. */
export async function startTinyJobs() {
  const tiny = await startTiny();
  const answers = (file: Told, more: Record<string, Told> = {}): void => {
    const paths: Record<string, Told> = {
      "/jobs": { body: { id: "j1" } },
      "/jobs/j1": { body: { status: "done", url: "https://api.example.com/files/9" } },
      "/files/9": file,
      ...more,
    };
    tiny.state.asked.length = 0;
    tiny.state.answer = ({ path }) => paths[path] ?? { status: 404, body: {} };
  };
  const read = (over: object = {}) => drainTiny(() => openTiny(tiny.origin, tinyManifest({ job: { ...job, ...over } })));
  const faultOf = (over: object = {}) =>
    read(over).then(
      () => null,
      (error) => (isAppError(error) ? [error.code, error.message] : Promise.reject(error)),
    );
  return { tiny, answers, read, faultOf };
}
