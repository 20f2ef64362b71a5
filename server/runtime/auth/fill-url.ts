import { AppError } from "#server/lib/errors";
import { fill } from "../paths";

type Values = Readonly<Record<string, string>>;

const ADDRESS = /^https:\/\/([^/?#]*)(.*)$/;
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
/** Whole labels of a host name; a port only where the value ends the host. */
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, "i");
const HOST_PORT = new RegExp(`^${LABEL}(?:\\.${LABEL})*(?::\\d{1,5})?$`, "i");

const incomplete = () => new AppError("config_invalid", "An address is not complete: check what was entered when connecting.");

/** A value inside a path or query: all of it stays inside its place, and none of it climbs. */
export function encodePart(value: string): string {
  if (value === "." || value === "..") throw incomplete();
  return encodeURIComponent(value);
}

/** `{+name}`: a way of several parts, each of which stays inside its place. A slash at its end stays. */
export const fillWays = (path: string, values: Values): string =>
  path.replace(/\{\+([A-Za-z]\w*)\}/g, (_, name: string) => {
    const way = values[name] ?? "";
    const parts = way.split("/").filter((part) => part !== "");
    return parts.map(encodePart).join("/") + (parts.length > 0 && way.endsWith("/") ? "/" : "");
  });

/**
 * An https address with its holes filled. What goes into the host must be host labels and nothing else, so the address leads
 * where the template says; what goes behind it is encoded. Throws `config_invalid` for anything else, and for a hole in the
 * host that nothing fills; it never says the value.
 */
export function fillUrl(template: string, values: Values): string {
  const [, authority, rest] = ADDRESS.exec(template) ?? [];
  if (authority === undefined || rest === undefined) throw incomplete();
  const host = fill(authority, values, (value) => {
    const open = authority.endsWith("}");
    if (!(open ? HOST_PORT : HOST).test(value)) throw incomplete();
    return value.toLowerCase();
  });
  const filled = `https://${host}${fill(fillWays(rest, values), values, encodePart)}`;
  if (!URL.canParse(filled)) throw incomplete();
  const url = new URL(filled);
  const stays = `https://${url.host}` === url.origin && url.host === host.toLowerCase().replace(/:443$/, "");
  if (!stays || url.username !== "" || url.password !== "" || !HOST_PORT.test(host)) throw incomplete();
  return filled;
}
