import type { EmbedClient } from "#components/trpc/embed-client";
import type { CallFault, FromFrame, ToFrame } from "#components/widget/protocol";
import type { Say } from "#server/words/say";
import { CALLS } from "./headless-calls";
import { sayFault } from "./say-fault";

type Call = Extract<ToFrame, { type: "call" | "stop" }>;

/** The one call with more than one answer: a connection as it is, and each time it has changed. */
const WATCH = "watchConnection";

const unknownCall = (name: string): CallFault => ({
  code: "invalid",
  text: `There is no function ${name}. There are ${[...Object.keys(CALLS), WATCH].join(", ")}.`,
  fields: null,
});

/**
 * Answers the calls of a page that draws its own screens. Every call gets one answer, a value or a fault with words; what is
 * watched gets one a change until the page stops it. Nothing but the listed calls is done.
 */
export function answerCalls(client: EmbedClient, send: (message: FromFrame) => void, say: () => Say): (call: Call) => void {
  const watched = new Map<number, { unsubscribe(): void }>();
  const refuse = (id: number, error: unknown) => {
    const { code, text, fields } = sayFault(error, say());
    send({ type: "answer", id, fault: { code, text, fields } });
  };
  const watch = (id: number, input: unknown) => {
    const subscription = client.connections.watch.subscribe(input as { connectionId: string }, {
      onData: ({ data }) => send({ type: "answer", id, value: data, more: true }),
      onError: (error) => {
        watched.delete(id);
        refuse(id, error);
      },
    });
    watched.set(id, subscription);
  };
  return (call) => {
    const { id } = call;
    if (call.type === "stop") {
      watched.get(id)?.unsubscribe();
      watched.delete(id);
      return;
    }
    if (call.name === WATCH) return watch(id, call.input);
    if (!Object.hasOwn(CALLS, call.name)) return send({ type: "answer", id, fault: unknownCall(call.name) });
    const ask = CALLS[call.name as keyof typeof CALLS] as (client: EmbedClient, input: unknown) => Promise<unknown>;
    void ask(client, call.input).then(
      (value) => send({ type: "answer", id, value }),
      (error) => refuse(id, error),
    );
  };
}
