/** A file that nobody goes on with is let go. */
const IDLE_MS = 60_000;
const MOST = 20;

type Closing = { close(): void };

const kept = new Map<string, { open: Closing; timer: NodeJS.Timeout }>();

/** What was kept under this name, to go on with; null when there is nothing here. Whoever takes it has it alone. */
export function takeOpen<T extends Closing>(place: string): T | null {
  const found = kept.get(place);
  if (!found) return null;
  clearTimeout(found.timer);
  kept.delete(place);
  return found.open as T;
}

/** Keeps an open file where it stands, for a while: the run that goes on with it may be another one. */
export function keepOpen(place: string, open: Closing): void {
  takeOpen(place)?.close();
  const [oldest] = kept.keys();
  if (kept.size >= MOST && oldest !== undefined) takeOpen(oldest)?.close();
  const timer = setTimeout(() => takeOpen(place)?.close(), IDLE_MS);
  timer.unref();
  kept.set(place, { open, timer });
}
