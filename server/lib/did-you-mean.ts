/** How many letters have to change (Levenshtein), up to about a third of the word. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}

const plain = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The known word that was probably meant, or null. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  if (word.length > 60) return null;
  const near = known
    .map((one) => ({ one, away: plain(one) === plain(word) ? 0 : distance(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, away }) => away <= Math.max(1, Math.floor(Math.min(one.length, word.length) / 3)))
    .sort((a, b) => a.away - b.away);
  return near[0]?.one ?? null;
}

/** Whether two names are surely one that was mistyped: the same but for case and signs, or for one letter of four or more. */
export function isNearly(word: string, other: string): boolean {
  if (word.length > 60 || other.length > 60 || word.length < 4) return false;
  return (plain(word) !== "" && plain(word) === plain(other)) || distance(word.toLowerCase(), other.toLowerCase()) <= 1;
}
