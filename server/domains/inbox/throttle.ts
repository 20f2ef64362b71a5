/**
 * Runs `work` at once and then at most every `ms`, with how often it was asked for since and the newest argument. What is
 * asked for in between is done when the time is over, so the last wish is never lost.
 */
export function every<A>(ms: number, work: (count: number, newest: A) => void): (argument: A) => void {
  let timer: NodeJS.Timeout | null = null;
  let count = 0;
  let newest: A;
  const run = () => {
    const asked = count;
    count = 0;
    timer = setTimeout(() => {
      timer = null;
      if (count > 0) run();
    }, ms);
    timer.unref();
    work(asked, newest);
  };
  return (argument) => {
    newest = argument;
    count++;
    if (timer === null) run();
  };
}
