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

/** Text of the dark look on this ground; where black would be read better, the ground is a light one. */
const isDark = (ground: string): boolean => contrast(ground, "#ffffff") > contrast(ground, "#000000");

/**
 * Light or dark, or null for what the visitor's system prefers. A ground decides where nothing else does, and one that does not
 * suit the look asked for is dropped: text must be readable on any theme a page sends.
 */
export function schemeOf({ appearance = "auto", background }: WidgetTheme): { scheme: "light" | "dark" | null; ground: string | null } {
  if (!background) return { scheme: appearance === "auto" ? null : appearance, ground: null };
  const own = isDark(background) ? "dark" : "light";
  return appearance === "auto" || appearance === own ? { scheme: own, ground: background } : { scheme: appearance, ground: null };
}

/** What lies on a dark ground is that ground, lighter; our own greys would look like another product's. */
const RAISED = { "--surface": 5, "--popover": 9, "--muted": 10 } as const;
type Raised = keyof typeof RAISED;

/** A theme as custom properties; the rest of the palette is derived from them in CSS. Null takes one back. */
export function themeVariables(theme: WidgetTheme): Record<string, string | null> {
  const { scheme, ground } = schemeOf(theme);
  const dark = scheme === "dark" ? ground : null;
  const raised = (Object.keys(RAISED) as Raised[]).map((name) => [
    name,
    dark && `color-mix(in oklab, ${dark} ${100 - RAISED[name]}%, white)`,
  ]);
  return {
    "--accent": theme.accent ?? null,
    "--frame-ground": ground,
    "--radius": theme.radius === undefined ? null : `${theme.radius}px`,
    "--font": theme.font ? `${theme.font}, system-ui, sans-serif` : "system-ui, sans-serif",
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
