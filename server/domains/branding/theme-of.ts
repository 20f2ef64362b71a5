import type { Branding } from "#server/db/schema/identity";
import type { Theme } from "#server/trpc/views/embed";

/** What the frame needs of a vendor's look; an uploaded logo comes before an address. */
export const themeOf = ({ accent, background, surface, radius, font, fontUrl, appearance, logo, logoUrl }: Branding): Theme => ({
  accent: accent ?? null,
  background: background ?? null,
  surface: surface ?? null,
  radius: radius ?? null,
  font: font ?? null,
  fontUrl: fontUrl ?? null,
  appearance: appearance ?? "auto",
  logoUrl: logo ?? logoUrl ?? null,
});
