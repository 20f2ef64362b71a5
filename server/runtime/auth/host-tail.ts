import { holesIn } from "./holes";
import type { Names } from "./names";
import { endingsOf, type Part, type Tail } from "./pattern-parts";

/** Second names under which countries give out names: `co.uk` is nobody's own. */
const SECOND = new Set([
  "ac",
  "co",
  "com",
  "edu",
  "go",
  "gob",
  "gov",
  "gouv",
  "ltd",
  "me",
  "mil",
  "ne",
  "net",
  "nom",
  "or",
  "org",
  "plc",
  "sch",
]);
/** Where everybody gets a name of his own for the asking: what ends so is no one system's. */
const SHARED = [
  ...["amazonaws.com", "azurewebsites.net", "cloudapp.net", "cloudfront.net", "firebaseapp.com", "fly.dev", "gitlab.io"],
  ...["glitch.me", "herokuapp.com", "netlify.app", "ngrok-free.app", "ngrok.app", "ngrok.io", "onrender.com", "pages.dev", "repl.co"],
  ...["run.app", "surge.sh", "trycloudflare.com", "vercel.app", "web.app", "workers.dev", "nip.io", "sslip.io"],
];

/** Whether a text that anything may stand before is a whole registered domain with the dot before it: `.example.com`. */
function namesOwner(tail: string): boolean {
  const whole = /\.((?:[a-z0-9-]+\.)+[a-z]{2,24})$/i.exec(tail)?.[1]?.toLowerCase();
  if (whole === undefined || SHARED.includes(whole)) return false;
  const labels = whole.split(".");
  const [last = "", second = ""] = labels.toReversed();
  return labels.length > (last.length === 2 && SECOND.has(second) ? 2 : 1);
}

const ANYTHING: Part = { kind: "any", digits: false };

/**
 * Whether a host with values out of answers in it always ends in a domain that the manifest names, or is one of those it lists.
 * `authority` is what stands between `https://` and the path, with its holes.
 */
export function namesItsOwner(authority: string, names: Names): boolean {
  const host = authority.replace(/:\d+$/, "");
  let tails: Tail[] = [{ text: "", open: false }];
  for (const piece of host.split(/(\{\w+\})/).reverse()) {
    const [hole] = holesIn(piece);
    const part: Part = hole === undefined ? { kind: "text", text: piece } : (names.get(hole)?.part ?? ANYTHING);
    tails = endingsOf(part, tails);
  }
  return tails.every(({ text, open }) => (open ? namesOwner(text) : text.includes(".")));
}
