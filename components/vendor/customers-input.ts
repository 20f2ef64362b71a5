import type { ConnectionState } from "#server/trpc/views";

/** States that the page filters by. */
export const SHOWN_STATES: readonly ConnectionState[] = ["reauth", "attention", "delayed", "paused", "syncing", "active"];

export const isShownState = (value: unknown): value is ConnectionState => SHOWN_STATES.includes(value as ConnectionState);

type Asked = { search: string; state: "all" | ConnectionState; sort: "urgent" | "newest" };

/** The question of the customers page; the server asks the same before the page is sent, so both spell it alike. */
export const customersInput = ({ search, state, sort }: Asked) => ({
  limit: 50,
  sort,
  ...(search ? { search } : {}),
  ...(state === "all" ? {} : { state }),
});
