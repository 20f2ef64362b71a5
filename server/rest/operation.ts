import type { z } from "zod";
import type { Ctx } from "#server/lib/context";

export type Method = "GET" | "POST" | "DELETE";

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
  run(ctx: Ctx, input: never, signal: AbortSignal): Promise<unknown>;
};

type Declared<I extends z.ZodObject, O extends z.ZodType | null> = Omit<Operation, "input" | "output" | "run"> & {
  input: I;
  output: O;
  run(ctx: Ctx, input: z.output<I>, signal: AbortSignal): Promise<O extends z.ZodType ? z.input<O> : void>;
};

/** Declares one operation: the input a caller must send, the answer it gets, and the verb in between. */
export function operation<I extends z.ZodObject, O extends z.ZodType | null>(declared: Declared<I, O>): Operation {
  return declared as unknown as Operation;
}
