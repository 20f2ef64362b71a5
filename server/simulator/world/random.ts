/** A 32-bit hash with good avalanche: neighbouring numbers give unrelated ones. The whole world is drawn from it, so a seed fixes everything. */
export function mix(value: number): number {
  let n = value | 0;
  n = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  n = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  return (n ^ (n >>> 16)) >>> 0;
}

/** Hash of one record of one seed. */
export function draw(seed: number, index: number): number {
  return mix(Math.imul(index + 1, 0x9e3779b1) ^ mix(seed));
}

/** FNV-1a over the UTF-16 units of a text: turns a name or a key into a seed. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** An element of a list that is known not to be empty. */
export function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

export function pad(n: number, width: number): string {
  return String(n).padStart(width, "0");
}
