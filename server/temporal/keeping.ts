import type { CallRef, DeliveryInput, RolloutRef, StreamRef } from "#workflows/contract";

/**
 * The only way verbs reach Temporal. Every call is best effort and bounded in time (≤ 1.5 s): the wish itself is a row in
 * Postgres, and the reconciler brings a keeper to it when Temporal was away. `false` = Temporal did not answer.
 */
export type Keeping = {
  /** Starts the stream's keeper if there is none, and pokes it: "look at your stream now". */
  pokeStream(ref: StreamRef): Promise<boolean>;
  /** Ends the keeper of a stream that is gone. */
  stopStream(ref: StreamRef): Promise<boolean>;
  /** Starts the endpoint's delivery workflow if there is none, and pokes it. */
  pokeEndpoint(input: DeliveryInput): Promise<boolean>;
  /** Starts the reader of the inbox if there is none, and pokes it. */
  pokeInbox(): Promise<boolean>;
  /** Starts the roll-out's workflow if there is none, and pokes it. */
  pokeRollout(ref: RolloutRef): Promise<boolean>;
  /**
   * Has a stored call done (`start`), and waits for its end as long as the caller has patience. `false` = it could not be started; after
   * `true` its row says how far it is.
   */
  performCall(ref: CallRef, options: { start: boolean; waitMs: number }): Promise<boolean>;
  /** True when the server answers within its deadline. */
  reachable(): Promise<boolean>;
};
