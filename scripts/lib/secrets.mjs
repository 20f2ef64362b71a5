import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Stop } from "./progress.mjs";

/**
 * The secrets of this installation, made once and kept in `<home>/secrets.json`, readable by its owner only. Losing the
 * file means losing the stored credentials of all customers: it holds the key that opens them.
 */
export function loadSecrets(home) {
  const file = path.join(home, "secrets.json");
  const known = existsSync(file) ? readSecrets(file) : {};
  const text = (bytes) => randomBytes(bytes).toString("base64url");
  const secrets = {
    postgresPassword: text(24),
    keys: `k1:${randomBytes(32).toString("base64")}`,
    nextAuthSecret: text(32),
    demoSecretKey: `sk_test_${text(32)}`,
    demoWebhookSecret: `whsec_${randomBytes(32).toString("base64")}`,
    ...known,
  };
  if (Object.keys(secrets).length === Object.keys(known).length) return secrets;
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

function readSecrets(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Stop(`${file} cannot be read: ${error.message}`, "Restore it from a backup; without it stored credentials cannot be opened.");
  }
}
