import type postgres from "postgres";

/** Sets a stream's clock: its last runs have only begun, and what a hand asks for now is not due for a while. */
export async function calmLasts(owner: postgres.Sql, streamId: string): Promise<void> {
  await owner`update runs set started_at = now() + interval '1 minute' where stream_id = ${streamId}`;
}

/** What a hand asked for a moment ago is due, and the last run began long enough ago for the next. */
export async function calmIsOver(owner: postgres.Sql, streamId: string): Promise<void> {
  await owner`update runs set started_at = started_at - interval '2 minutes' where stream_id = ${streamId}`;
  await owner`update streams set due_at = due_at - interval '2 minutes' where id = ${streamId}`;
}
