import { appNeeds } from "../auth/holes";
import type { Manifest } from "../manifest";
import { type Fault, knownTo } from "./holes-of";
import { idFaults } from "./id-faults";
import { baseFaults, distinct, dottedFaults, portFaults, sampleFaults, variantFaults } from "./meaning-faults";
import { accountFaults, readingFaults } from "./reading-faults";
import { webhookFaults, writingFaults } from "./writing-faults";

/**
 * What a manifest of the right shape says and cannot mean: holes that nothing fills where they stand, pages that never lead on,
 * changes asked for without a moment, writes that do not send what they are given. Each would go wrong in silence.
 */
export function requestFaults(manifest: Manifest): Fault[] {
  const known = knownTo(manifest);
  const hasApp = Object.values(manifest.auth).some((method) => appNeeds(method).secret);
  return distinct([
    ...baseFaults(manifest),
    ...portFaults(manifest),
    ...accountFaults(manifest, known),
    ...readingFaults(manifest, known),
    ...writingFaults(manifest, known),
    ...webhookFaults(manifest, known, hasApp),
    ...variantFaults(manifest),
    ...dottedFaults(manifest),
    ...idFaults(manifest),
    ...sampleFaults(manifest),
  ]);
}
