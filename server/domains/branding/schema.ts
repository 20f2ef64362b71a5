import { z } from "zod";
import { LANGUAGES } from "#server/words/languages";
import { isMessageKey, type MessageKey, TEXTS, valuesOf } from "#server/words/messages";

const Colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, "a colour like #0f766e");

/** A small image as data. What it is called must be what it is: browsers look at the bytes. */
const MAGIC: Record<string, string> = { "image/png": "89504e470d0a1a0a", "image/jpeg": "ffd8ff", "image/webp": "52494646" };
const LOGO_LIMIT_BYTES = 64 * 1024;

function logoFault(value: string): string | null {
  const [, type = "", data = ""] = /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  const magic = MAGIC[type];
  if (magic === undefined) return "has to be a PNG, JPEG or WebP image";
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > LOGO_LIMIT_BYTES) return `is larger than ${LOGO_LIMIT_BYTES / 1024} kB; make it smaller, or give its address`;
  return bytes.toString("hex", 0, 12).startsWith(magic) ? null : "is not the kind of image it says it is";
}

const Logo = z
  .string()
  .max(100_000)
  .superRefine((value, check) => {
    const message = logoFault(value);
    if (message) check.addIssue({ code: "custom", message });
  });

/** The address of one font file; where it lies is the one place a frame may load a font from. */
const FontUrl = z
  .url({ protocol: /^https$/, abort: true })
  .max(2_000)
  .refine((value) => /\.(woff2?|ttf|otf)$/i.test(new URL(value).pathname), "the address of a font file (.woff2, .woff, .ttf or .otf)");

/** Given to every message, whether it uses them or not. */
const NOUNS = ["integration", "integrations", "account", "accounts"];

/** Why a text cannot stand for this message, or null. */
function wordFault(key: MessageKey, text: string): string | null {
  if (/[<>]/.test(text)) return "holds < or >; write plain text";
  try {
    const known = new Set([...valuesOf(TEXTS.en[key]), ...NOUNS]);
    const strange = [...valuesOf(text)].find((name) => !known.has(name));
    if (strange === undefined) return null;
    return `has no value called {${strange}}; this message has ${[...valuesOf(TEXTS.en[key])].map((name) => `{${name}}`).join(", ") || "none"}`;
  } catch {
    return "cannot be read: check its braces";
  }
}

const Words = z
  .partialRecord(z.enum(LANGUAGES), z.record(z.string().max(100), z.string().trim().min(1).max(500)))
  .superRefine((words, check) => {
    for (const [language, texts] of Object.entries(words))
      for (const [key, text] of Object.entries(texts ?? {})) {
        const message = isMessageKey(key) ? wordFault(key, text) : "is no message there is";
        if (message) check.addIssue({ code: "custom", path: [language, key], message });
      }
  });

/** How a marketplace looks and what it says: values only, never CSS or markup. What is left out is as it comes. */
export const Branding = z.strictObject({
  accent: Colour.optional(),
  /** The ground of the page, and of what lies on it. One that text could not be read on is moved until it can. */
  background: Colour.optional(),
  surface: Colour.optional(),
  radius: z.number().min(0).max(24).optional(),
  /** `system`, `inter` (served by us), or the name of a font that customers have. */
  font: z
    .string()
    .regex(/^[\p{L}\p{N} ,'-]{1,100}$/u, "a font name")
    .optional(),
  fontUrl: FontUrl.optional(),
  logoUrl: z
    .url({ protocol: /^https$/ })
    .max(2_000)
    .optional(),
  /** An uploaded image, in place of an address. */
  logo: Logo.optional(),
  appearance: z.enum(["light", "dark", "auto"]).optional(),
  marketplaceTitle: z.string().trim().min(1).max(80).optional(),
  /** Where answers to mails to customers go. */
  replyTo: z.email("an e-mail address such as support@example.com").max(200).optional(),
  /** The name those mails come from: no more than a name, for it stands in a header. */
  senderName: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^[^\p{C}<>"@]+$/u, "a name, such as Acme Support")
    .optional(),
  words: Words.optional(),
});
