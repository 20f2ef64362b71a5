export type MailLimit = {
  /** Counts one mail to `address` at `now` (ms) and says whether it may go out; one that may not is not counted. */
  takes(address: string, now: number): boolean;
};

/**
 * At most `most` mails to one address in any `withinMs`. Counted in this process, so several web processes allow as many
 * times that. Ask it about known addresses only: it remembers each it is asked about.
 */
export function createMailLimit({ most, withinMs }: { most: number; withinMs: number }): MailLimit {
  const sent = new Map<string, number[]>();
  return {
    takes(address, now) {
      const recent = (sent.get(address) ?? []).filter((at) => now - at < withinMs);
      if (recent.length < most) recent.push(now);
      else return false;
      sent.set(address, recent);
      return true;
    },
  };
}
