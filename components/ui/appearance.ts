export const THEME_COOKIE = "inlay-theme";
export type Appearance = "light" | "dark" | "auto";

export const parseAppearance = (value: unknown): Appearance => (value === "light" || value === "dark" ? value : "auto");

/** Applies an appearance at once; `auto` follows the system. */
export function applyAppearance(appearance: Appearance, root: HTMLElement = document.documentElement): void {
  if (appearance === "auto") delete root.dataset["theme"];
  else root.dataset["theme"] = appearance;
}

/** Remembers a member's choice for a year, readable by the server so that a page never flashes. */
export function rememberAppearance(appearance: Appearance): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we support
  document.cookie = `${THEME_COOKIE}=${appearance}; path=/; max-age=31536000; samesite=lax`;
  applyAppearance(appearance);
}
