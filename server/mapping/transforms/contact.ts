import { findCountry } from "../countries";
import { describeValue, Misfit } from "../misfit";
import { defineTransform, onText, tidies } from "./define";

const ADDRESS = /^[^\s@<>,;:"()[\]\\]{1,64}@([\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}[\p{L}\p{N}-]{2,63}$/u;
// What it takes of the pattern above without asking Unicode what a letter is.
const PLAIN = /^[^\s@<>,;:"()[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z0-9-]{2,63}$/;

/** The address in a text, as far as it has to be looked for: between the last brackets, behind `mailto:`, before a question mark. */
function bareAddress(text: string): string {
  const open = text.lastIndexOf("<");
  const close = open < 0 ? -1 : text.lastIndexOf(">");
  const low = (close > open ? text.slice(open + 1, close) : text).trim().toLowerCase();
  const from = low.startsWith("mailto:") ? 7 : 0;
  const end = low.indexOf("?", from);
  return end < 0 ? low.slice(from) : low.slice(from, end);
}

const email = defineTransform({
  type: "email",
  title: "E-mail address",
  description:
    'Takes the address out of "Ada <ada@example.com>" or a mailto: link, in small letters, and refuses what is none. It does not ask whether the mailbox exists.',
  examples: [{ settings: {}, input: "Ada Lovelace <Ada@Example.COM>", output: "ada@example.com" }],
  compile: () =>
    onText((text) => {
      const address = bareAddress(text);
      const isAddress = address.length <= 254 && (PLAIN.test(address) || ADDRESS.test(address));
      return isAddress ? address : new Misfit(`is not an e-mail address: ${describeValue(text)}`);
    }),
  invert: tidies("goes back in small letters, without a display name"),
});

const HOST = /^[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250}[\p{L}\p{N}])?$/u;

/** Scheme, host, port and the rest, by hand: URL parsers differ between runtimes in what they rewrite. */
function urlParts(text: string): { scheme: string; host: string; port: string; rest: string } | null {
  const found = /^(?:([a-z][a-z0-9+.-]{1,20}):\/\/)?([^\s/?#:@\\]{1,253})(?::(\d{1,5}))?([/?#]\S{0,8000})?$/i.exec(text.trim());
  if (!found) return null;
  const [, scheme = "https", host = "", port = "", rest = ""] = found;
  const bare = host.toLowerCase().replace(/\.$/, "");
  return HOST.test(bare) && bare.includes(".") && !bare.includes("..") ? { scheme: scheme.toLowerCase(), host: bare, port, rest } : null;
}

const url = defineTransform({
  type: "url",
  title: "Web address",
  description:
    "Adds https:// when it is missing, writes scheme and host in small letters, leaves out a standard port and a lone slash at the end. Only http and https.",
  examples: [{ settings: {}, input: "WWW.Example.com/", output: "https://www.example.com" }],
  compile: () =>
    onText((text) => {
      const parts = urlParts(text);
      if (!parts || (parts.scheme !== "https" && parts.scheme !== "http"))
        return new Misfit(`is not a web address: ${describeValue(text)}`);
      const standard = parts.scheme === "https" ? "443" : "80";
      const port = parts.port === "" || parts.port === standard ? "" : `:${parts.port}`;
      return `${parts.scheme}://${parts.host}${port}${parts.rest === "/" ? "" : parts.rest}`;
    }),
  invert: tidies("goes back in its tidy form"),
});

const domain = defineTransform({
  type: "domain",
  title: "Domain",
  description: "The host of a web address or of an e-mail address, without www.",
  examples: [
    { settings: {}, input: "https://www.example.com/about", output: "example.com" },
    { settings: {}, input: "ada@example.com", output: "example.com" },
  ],
  compile: () =>
    onText((text) => {
      const parts = urlParts(text.includes("://") ? text : (text.split("@").at(-1) ?? ""));
      return parts ? parts.host.replace(/^www\./, "") : new Misfit(`has no domain: ${describeValue(text)}`);
    }),
});

type Dialling = { callingCode: string; trunk: string | null };

/** Digits of a national number behind the calling code of its country. */
function national(digits: string, { callingCode, trunk }: Dialling): string {
  return callingCode + (trunk && digits.startsWith(trunk) && digits.length - trunk.length >= 4 ? digits.slice(trunk.length) : digits);
}

/** The digits of a number with its calling code; null when the text is no number, undefined when it says no country. */
function phoneDigits(text: string, country: Dialling | null): string | null | undefined {
  const main = text.trim().split(/(?:ext\.?|x|#|;)/i)[0] ?? "";
  if (main.length > 40 || !/^[+\d\s().\-/\u00a0\u2010-\u2015]+$/.test(main)) return null;
  const bare = main.replace(/\D/g, "");
  if (/^[\s(]*\+/.test(main)) return main.includes("(0)") ? main.replace("(0)", "").replace(/\D/g, "") : bare;
  if (bare.startsWith("00")) return bare.slice(2);
  return country ? national(bare, country) : undefined;
}

const phone = defineTransform({
  type: "phone",
  title: "Phone number",
  description:
    "The number in E.164 form, +4930123456: digits only, with the calling code of the country you name when the number has none. An extension is left out. It checks the length (7 to 15 digits), not whether the country gives out such numbers.",
  params: {
    country: { kind: "text", title: "Country of numbers without a calling code, for example DE", min: 2, max: 60, optional: true },
  },
  examples: [
    { settings: { country: "DE" }, input: "(030) 123-456", output: "+4930123456" },
    { settings: {}, input: "0044 20 7946 0018", output: "+442079460018" },
  ],
  compile: ({ country: name }) => {
    const country = name === undefined ? null : findCountry(name);
    if (name !== undefined && !country?.callingCode)
      throw new RangeError(`"phone": "${name}" is not a country with a calling code; give for example DE`);
    return onText((text) => {
      const digits = phoneDigits(text, country);
      if (digits === undefined) return new Misfit(`has no calling code: ${describeValue(text)}; give the "phone" transform a country`);
      return digits && /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : new Misfit(`is not a phone number: ${describeValue(text)}`);
    });
  },
  invert: tidies("goes back in E.164 form"),
});

const country = defineTransform({
  type: "country",
  title: "Country",
  description: "A country by its name (English, its own, common others) or ISO code, as code or English name.",
  params: { as: { kind: "choice", title: "Result", options: ["alpha2", "alpha3", "name"] } },
  examples: [
    { settings: { as: "alpha2" }, input: "Deutschland", output: "DE" },
    { settings: { as: "alpha3" }, input: "gb", output: "GBR" },
    { settings: { as: "name" }, input: "NLD", output: "Netherlands" },
  ],
  compile: ({ as }) =>
    onText(
      (text) =>
        findCountry(text)?.[as] ??
        new Misfit(`is not a known country: ${describeValue(text)}; add a "map" transform before for such values`),
    ),
  invert: ({ as }) => ({ kind: "settles", steps: [], note: `goes back as ${as === "name" ? "its English name" : `ISO ${as}`}` }),
});

export const CONTACT = [email, url, domain, phone, country] as const;
