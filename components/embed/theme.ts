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

/** A theme as custom properties; the rest of the palette is derived from them in CSS. */
export function themeVariables(theme: WidgetTheme): Record<string, string> {
  return {
    ...(theme.accent ? { "--accent": theme.accent } : {}),
    ...(theme.background ? { "--frame-ground": theme.background } : {}),
    ...(theme.radius === undefined ? {} : { "--radius": `${theme.radius}px` }),
    ...(theme.font ? { "--font": `${theme.font}, system-ui, sans-serif` } : { "--font": "system-ui, sans-serif" }),
  };
}

/** Puts a theme on the document. Through the style object, which no content policy forbids. */
export function applyTheme(theme: WidgetTheme, root: HTMLElement): void {
  for (const [name, value] of Object.entries(themeVariables(theme))) root.style.setProperty(name, value);
  if (theme.appearance === "light" || theme.appearance === "dark") root.dataset["theme"] = theme.appearance;
  else delete root.dataset["theme"];
}
