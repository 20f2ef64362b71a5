import { playManifest } from "#server/proof/play";
import type { Manifest } from "#server/runtime/manifest";
import { at } from "#server/runtime/paths";
import { idOf, idWords } from "#server/runtime/record-id";
import { hostsOf } from "./private-rules";
import type { TrialClaims } from "./trial";

/**
 * One thing a manifest claims. `read`: told by the file alone. `played`: shown against a system played from the
 * file itself, without network. `tried`: shown by the request console against the real system. */
export type Claim = {
  claim: string;
  title: string;
  by: "read" | "played" | "tried";
  state: "ok" | "failed" | "untried";
  note: string | null;
  at: string | null;
};
export type ConformanceReport = { hosts: string[]; claims: Claim[] };

const read = (claim: string, title: string, ok: boolean, note: string | null = null): Claim => ({
  claim,
  title,
  by: "read",
  state: ok ? "ok" : "failed",
  note,
  at: null,
});

function sampleClaims(key: string, spec: Manifest["objects"][string]): Claim[] {
  const missing = spec.fields.filter((field) => at(spec.sample, field.path) === undefined).map((field) => field.path);
  const note = missing.length === 0 ? null : `add to the sample, as null where that is what comes: ${missing.slice(0, 10).join(", ")}`;
  return [
    read(`${key}.sample.id`, `${spec.title}: the sample holds the id`, idOf(spec.sample, spec.id) !== null, idWords(spec.id)),
    read(`${key}.sample.fields`, `${spec.title}: the sample holds every field`, missing.length === 0, note),
  ];
}

function triedClaims(manifest: Manifest): [claim: string, title: string][] {
  const listed = Object.entries(manifest.objects).filter(([, { list }]) => list !== undefined);
  const objects = listed.flatMap(([key, { title, pagination, changes }]): [string, string][] => [
    [`${key}.list`, `${title}: the first page is read`],
    [`${key}.fields`, `${title}: declared fields are found, with their types`],
    ...((pagination ?? manifest.pagination).type === "none"
      ? []
      : [[`${key}.next`, `${title}: the next page is another one`] as [string, string]]),
    ...(changes ? [[`${key}.changes`, `${title}: changes since a moment are read`] as [string, string]] : []),
  ]);
  const check: [string, string][] = manifest.check ? [["check", "A cheap call proves a credential"]] : [];
  return [...check, ["identify", "The account is told apart"], ...objects];
}

/** Each claim of a version, with what is known of it: by the file itself, and by the newest tries in the request console. */
export async function conformanceReport(manifest: Manifest, tried: TrialClaims): Promise<ConformanceReport> {
  const played = await playManifest(manifest);
  const claims = [
    read("shape", "The file has the right shape", true),
    read("https", "Every address is https, on public hosts", true),
    ...(manifest.http.ports.length === 0
      ? []
      : [read("ports", `Besides 443 and 8443 it goes to port ${manifest.http.ports.join(", ")}`, true)]),
    read("secrets", "Credentials stand in auth blocks only", true),
    ...Object.entries(manifest.objects).flatMap(([key, spec]) => sampleClaims(key, spec)),
    ...played.map((one): Claim => ({ ...one, claim: `played.${one.claim}`, by: "played", at: null })),
    ...triedClaims(manifest).map(([claim, title]): Claim => {
      const shown = Object.hasOwn(tried, claim) ? tried[claim] : undefined;
      return {
        claim,
        title,
        by: "tried",
        state: shown ? (shown.ok ? "ok" : "failed") : "untried",
        note: shown?.note ?? null,
        at: shown?.at ?? null,
      };
    }),
  ];
  return { hosts: hostsOf(manifest), claims };
}
