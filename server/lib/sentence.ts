/**
 * Words of ours as a sentence on a screen: a capital first, a full stop last. What begins with a name of code (`returnTo`,
 * `int_…`) keeps it, and what ends in a mark of its own, too.
 */
export function sentence(text: string): string {
  const first = /^[a-z]+(?=[\s,;'’]|$)/.test(text) && text.includes(" ") ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[\p{L}\p{N})\]"”’`%]$/u.test(first) && first.includes(" ") ? `${first}.` : first;
}
