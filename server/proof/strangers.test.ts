import { describe, expect, test } from "vitest";
import { checkManifest } from "#server/domains/connectors/check-manifest";
import { faultText } from "#server/domains/connectors/schema";
import { STRANGERS } from "#tests/support/strangers";
import { playManifest } from "./play";

describe.each(STRANGERS.map((one) => [one.name, one] as const))("%s", (_, given) => {
  const checked = checkManifest(JSON.stringify(given, null, 1));
  test("is taken as it is written", () => expect(checked.ok ? [] : checked.faults.map(faultText)).toEqual([]));
  test("does all that it claims", { timeout: 60_000 }, async () => {
    if (!checked.ok) throw new Error("it is refused");
    const open = (await playManifest(checked.manifest, { budgetMs: 60_000 })).flatMap(({ claim, state, note }) =>
      state === "ok" ? [] : [`${claim} ${state}: ${note}`],
    );
    expect(open).toEqual([]);
  });
});
