import { contrast } from "#components/ui/contrast";
import type { WidgetTheme } from "#components/widget/protocol";
import { parseTheme } from "#components/widget/protocol";
import type { Theme } from "#server/trpc/views/embed";

/**
 * The look in force: what the page asks for, else what the vendor stored. Everything passes the same parser, so that no
 * raw CSS can come in from either side.
 */
export function mergeTheme(stored: Theme, asked: WidgetTheme): WidgetTheme {
  return { ...parseTheme(stored), ...parseTheme(asked) };
}

/** The quietest text of either look, as `--subtle` in globals.css comes out; what it can be read on, all others can. */
const QUIETEST = { light: "#676a70", dark: "#96999f" } as const;
const READABLE = 4.5;

const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** A colour moved towards white or black by a share. */
function moved(hex: string, to: "white" | "black", share: number): string {
  const goal = to === "white" ? 255 : 0;
  return `#${channels(hex)
    .map((value) =>
      Math.round(value + (goal - value) * share)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** A ground, moved as little as it takes for every text on it to be read (WCAG AA). Itself when it is well already. */
export function readableGround(ground: string, scheme: "light" | "dark"): string {
  for (let share = 0; share < 1; share += 0.02) {
    const next = share === 0 ? ground.toLowerCase() : moved(ground, scheme === "light" ? "white" : "black", share);
    if (contrast(next, QUIETEST[scheme]) >= READABLE) return next;
  }
  return scheme === "light" ? "#ffffff" : "#000000";
}

/** What stands out from its ground at least: a button people can find. */
const SEEN = 3;

export type LookFault = { field: "accent" | "background" | "surface"; ratio: number; corrected: string | null };

/** What of a theme cannot be seen well, and what the frame shows instead; null = it is shown all the same. */
export function lookFaults(theme: WidgetTheme): LookFault[] {
  const { scheme } = schemeOf(theme);
  const schemes = scheme ? [scheme] : (["light", "dark"] as const);
  const grounds = (["background", "surface"] as const).flatMap((field): LookFault[] => {
    const asked = theme[field];
    const one = schemes[0];
    if (!asked || !one) return [];
    const corrected = readableGround(asked, one);
    return corrected === asked.toLowerCase() ? [] : [{ field, ratio: contrast(asked, QUIETEST[one]), corrected }];
  });
  const { accent } = theme;
  const faint = accent ? schemes.map((one) => contrast(accent, theme.surface ?? FACES[one])).filter((ratio) => ratio < SEEN) : [];
  return [...grounds, ...faint.slice(0, 1).map((ratio): LookFault => ({ field: "accent", ratio, corrected: null }))];
}

const FACES = { light: "#ffffff", dark: "#16181c" } as const;

/** Text of the dark look on this ground; where black would be read better, the ground is a light one. */
const isDark = (ground: string): boolean => contrast(ground, "#ffffff") > contrast(ground, "#000000");

/**
 * Light or dark, or null for what the visitor's system prefers. A ground decides where nothing else does, and one that does not
 * suit the look asked for is dropped: text must be readable on any theme a page sends.
 */
export function schemeOf(theme: WidgetTheme): { scheme: "light" | "dark" | null; ground: string | null; face: string | null } {
  const { appearance = "auto", background, surface } = theme;
  const given = background ?? surface;
  const scheme = appearance === "auto" ? (given ? schemeFor(given) : null) : appearance;
  const suiting = (colour: string | undefined) =>
    colour && scheme && schemeFor(colour) === scheme ? readableGround(colour, scheme) : null;
  return { scheme, ground: suiting(background), face: suiting(surface) };
}

const schemeFor = (ground: string) => (isDark(ground) ? "dark" : "light");

/** What lies on a dark ground is that ground, lighter; our own greys would look like another product's. */
const RAISED = { "--surface": 5, "--popover": 9, "--muted": 10 } as const;
type Raised = keyof typeof RAISED;

/** The family that a font file is given, whatever it calls itself. */
const OWN_FAMILY = "Inlay Own";

const fontOf = (font: string | undefined): string =>
  font === undefined || font === "system" ? "" : font === "inter" ? '"Inter Variable", ' : `${font}, `;

/** Loads the vendor's font file; the policy of the page allows its place and no other. Until it is there, and without it, the next family stands in. */
export function loadFont(url: string, root: Document): void {
  const href = URL.canParse(url) ? new URL(url) : null;
  if (href?.protocol !== "https:") return;
  const face = new FontFace(OWN_FAMILY, `url(${JSON.stringify(href.href)})`, { display: "swap", weight: "100 900" });
  root.fonts.add(face);
  void face.load().catch(() => root.fonts.delete(face));
}

/** The stored theme with its font file, where there is one, before every other family. */
export const withOwnFont = (theme: Theme): Theme => (theme.fontUrl ? { ...theme, font: `"${OWN_FAMILY}"` } : theme);

/** A theme as custom properties; the rest of the palette is derived from them in CSS. Null takes one back. */
export function themeVariables(theme: WidgetTheme): Record<string, string | null> {
  const { scheme, ground, face } = schemeOf(theme);
  const dark = scheme === "dark" ? ground : null;
  // What lies back on a light ground is that ground, a little deeper, as long as quiet text can be read on it.
  const sunk = scheme === "light" && ground ? readableGround(moved(ground, "black", 0.04), "light") : null;
  const raised = (Object.keys(RAISED) as Raised[]).map((name) => [
    name,
    name === "--surface" && face
      ? face
      : name === "--muted" && sunk
        ? sunk
        : dark && `color-mix(in oklab, ${dark} ${100 - RAISED[name]}%, white)`,
  ]);
  return {
    "--accent": theme.accent ?? null,
    "--frame-ground": ground,
    "--radius": theme.radius === undefined ? null : `${theme.radius}px`,
    "--font": `${fontOf(theme.font)}system-ui, sans-serif`,
    ...Object.fromEntries(raised),
  };
}

/** Puts a theme on the document. Through the style object, which no content policy forbids. */
export function applyTheme(theme: WidgetTheme, root: HTMLElement): void {
  for (const [name, value] of Object.entries(themeVariables(theme))) {
    if (value === null) root.style.removeProperty(name);
    else root.style.setProperty(name, value);
  }
  const { scheme } = schemeOf(theme);
  if (scheme) root.dataset["theme"] = scheme;
  else delete root.dataset["theme"];
}
