import type { Branding } from "#server/db/schema/identity";
import type { Theme } from "#server/trpc/views/embed";

/** The look as the form has it: every field there, empty where it is as it comes. */
export type Look = Required<Branding>;

const DEFAULT: Look = {
  accent: "#2a4fc9",
  background: "",
  surface: "",
  radius: 8,
  font: "",
  fontUrl: "",
  logoUrl: "",
  logo: "",
  appearance: "auto",
  marketplaceTitle: "",
  replyTo: "",
  senderName: "",
  words: {},
};

export const toLook = (branding: Branding): Look => ({ ...DEFAULT, ...branding });

/** What is left empty is left out, so that the default holds. */
export function toBranding(look: Look): Branding {
  const { accent, radius, appearance, words, ...texts } = look;
  const filled = Object.entries(texts).flatMap(([name, value]) => (value.trim() === "" ? [] : [[name, value.trim()] as const]));
  const said = Object.fromEntries(Object.entries(words).filter(([, own]) => Object.keys(own ?? {}).length > 0));
  return { accent, radius, appearance, ...Object.fromEntries(filled), ...(Object.keys(said).length > 0 ? { words: said } : {}) };
}

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

/** The same as the frame is given it. */
export const toTheme = (look: Look): Theme => ({
  accent: look.accent,
  background: orNull(look.background),
  surface: orNull(look.surface),
  radius: look.radius,
  font: orNull(look.font),
  fontUrl: orNull(look.fontUrl),
  appearance: look.appearance,
  logoUrl: orNull(look.logo) ?? orNull(look.logoUrl),
});
