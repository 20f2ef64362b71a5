/** Items written together; `add` resolves when the statement that wrote them has committed. */
export type Group<T, R> = { add(item: T): Promise<R> };

export type GroupOptions<T, R> = {
  /** Writes all items durably, and gives one result an item, in their order. */
  write(items: readonly T[]): Promise<R[]>;
  /** Bytes an item takes while it waits. */
  sizeOf(item: T): number;
  /** Largest write. */
  mostItems: number;
  mostBytes: number;
  /** Bytes that may wait altogether; beyond that `add` refuses. */
  mostWaitingBytes: number;
  /** After this long the caller is told no, whatever becomes of the write. */
  patienceMs: number;
};

type Waiting<T, R> = { item: T; resolve(result: R): void; reject(error: unknown): void };

/** The writes cannot keep up, or do not answer. */
export class GroupOverloaded extends Error {
  override readonly name = "GroupOverloaded";
}

/**
 * Group commit: what arrives while a write is under way shares the next one. One write at a time, so that under load the
 * batches grow by themselves and nobody waits for a timer when there is none.
 */
export function createGroup<T, R>(options: GroupOptions<T, R>): Group<T, R> {
  let waiting: Waiting<T, R>[] = [];
  let waitingBytes = 0;
  let writing = false;

  const take = (): Waiting<T, R>[] => {
    let bytes = 0;
    let n = 0;
    for (const { item } of waiting) {
      bytes += options.sizeOf(item);
      if (n > 0 && (n >= options.mostItems || bytes > options.mostBytes)) break;
      n++;
    }
    const batch = waiting.slice(0, n);
    waiting = waiting.slice(n);
    for (const { item } of batch) waitingBytes -= options.sizeOf(item);
    return batch;
  };

  const run = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) {
      const batch = take();
      const tooLate = setTimeout(() => {
        for (const { reject } of batch) reject(new GroupOverloaded("the write takes too long"));
      }, options.patienceMs);
      try {
        const results = await options.write(batch.map(({ item }) => item));
        for (const [i, { resolve }] of batch.entries()) resolve(results[i] as R);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      } finally {
        clearTimeout(tooLate);
      }
    }
    writing = false;
  };

  return {
    add(item) {
      const size = options.sizeOf(item);
      if (waitingBytes + size > options.mostWaitingBytes) return Promise.reject(new GroupOverloaded("too much is waiting to be written"));
      return new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        waitingBytes += size;
        // After the events of this turn of the loop, so that requests read together are written together.
        if (!writing) {
          writing = true;
          setImmediate(() => void run());
        }
      });
    },
  };
}
