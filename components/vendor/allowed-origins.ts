export type OriginCheck = { ok: true; origin: string } | { ok: false; message: string };

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+\.localhost)$/;

/** Says at once what the server would say: https origins, and http for this machine in a test environment. */
export function checkOrigin(text: string, kind: "test" | "live"): OriginCheck {
  const value = text.trim();
  if (value.includes("*")) return { ok: false, message: "Wildcards are not allowed: add each origin." };
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || url.origin === "null") return { ok: false, message: "Write an origin such as https://app.example.com." };
  if (url.pathname !== "/" || url.search || url.hash || url.username)
    return { ok: false, message: "Only the origin: without a path, query or user." };
  if (url.protocol === "https:" || (url.protocol === "http:" && kind === "test" && LOCAL.test(url.hostname)))
    return { ok: true, origin: url.origin };
  return {
    ok: false,
    message: kind === "live" ? "In live every origin begins with https://." : "It must begin with https://; http is for localhost only.",
  };
}
