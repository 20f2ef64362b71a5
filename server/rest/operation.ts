import type { z } from "zod";
import type { Ctx } from "#server/lib/context";

/** What a secret key may do. */
export type ApiScope = "read" | "write" | "sessions";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A declaration from which handling, OpenAPI and the docs page are derived; there is no second list. Every one needs a secret key. */
export type Operation = {
  id: string;
  method: Method;
  /** `/v1/customers/{id}`: names in braces are keys of `input`. */
  path: string;
  summary: string;
  description?: string;
  input: z.ZodObject;
  /** Null: answers 204 without a body. */
  output: z.ZodType | null;
  /** Of a success; 200 unless given. */
  status?: number;
  /** What the key must be allowed to do; `read` for a GET and `write` for all else unless given. */
  scope?: ApiScope;
  /** Whether this answer says "not yet": it is then a 202. */
  isPending?: (answer: never) => boolean;
  /** The answer as a text, for who accepts `text/markdown` before JSON. */
  markdown?: (answer: never) => string;
  run(ctx: CallCtx, input: never, signal: AbortSignal): Promise<unknown>;
};

/** `callKey`: the caller's Idempotency-Key, for work that outlives the request. */
export type CallCtx = Ctx & { callKey?: string | null };

export const scopeOf = ({ scope, method }: Operation): ApiScope => scope ?? (method === "GET" ? "read" : "write");

type Declared<I extends z.ZodObject, O extends z.ZodType | null> = Omit<
  Operation,
  "input" | "output" | "run" | "isPending" | "markdown"
> & {
  input: I;
  output: O;
  isPending?: (answer: O extends z.ZodType ? z.input<O> : never) => boolean;
  markdown?: (answer: O extends z.ZodType ? z.input<O> : never) => string;
  run(ctx: CallCtx, input: z.output<I>, signal: AbortSignal): Promise<O extends z.ZodType ? z.input<O> : void>;
};

/** Declares one operation: the input a caller must send, the answer it gets, and the verb in between. */
export function operation<I extends z.ZodObject, O extends z.ZodType | null>(declared: Declared<I, O>): Operation {
  return declared as unknown as Operation;
}
