import type { CallFault, FromFrame, ToFrame } from "./protocol";

/** A call that was refused: `message` is for the customer, in their language. */
export class InlayError extends Error {
  override name = "InlayError";
  code: string;
  fields: Record<string, string[]> | null;
  constructor({ code, text, fields }: CallFault) {
    super(text);
    this.code = code;
    this.fields = fields;
  }
}

export const fault = (code: string, text: string): InlayError => new InlayError({ code, text, fields: null });

type Waiting = { value: (value: unknown) => void; refused: (error: InlayError) => void };

export type Calls = {
  ask(name: string, input: unknown): Promise<unknown>;
  /** Answered more than once, until the returned function is called. */
  watch(name: string, input: unknown, value: Waiting["value"], refused: Waiting["refused"]): () => void;
  answered(answer: Extract<FromFrame, { type: "answer" }>): void;
  /** Refuses what is under way and whatever comes. */
  end(): void;
};

/** Calls by number, as the frame answers them in any order. */
export function createCalls(send: (message: ToFrame) => void): Calls {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ended = false;
  const over = () => fault("conflict", "This Inlay session was closed.");
  const call = (name: string, input: unknown, one: Waiting): number => {
    const id = ++last;
    if (ended) one.refused(over());
    else {
      waiting.set(id, one);
      send({ type: "call", id, name, input });
    }
    return id;
  };
  return {
    ask: (name, input) => new Promise((value, refused) => call(name, input, { value, refused })),
    watch(name, input, value, refused) {
      const id = call(name, input, { value, refused });
      return () => {
        waiting.delete(id);
        send({ type: "stop", id });
      };
    },
    answered({ id, value, fault: refusal, more }) {
      const one = waiting.get(id);
      if (!more) waiting.delete(id);
      if (refusal) one?.refused(new InlayError(refusal));
      else one?.value(value);
    },
    end() {
      ended = true;
      for (const { refused } of waiting.values()) refused(over());
      waiting.clear();
    },
  };
}
