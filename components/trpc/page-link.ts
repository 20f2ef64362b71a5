import type { TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";

/** Takes out the `direction` that tRPC adds to a paged question: our lists have one direction, and inputs are strict. */
export function pageLink<R extends AnyTRPCRouter>(): TRPCLink<R> {
  return () =>
    ({ next, op }) => {
      if (op.type !== "query" || typeof op.input !== "object" || op.input === null || !("direction" in op.input)) return next(op);
      const { direction: _one, ...input } = op.input;
      return next({ ...op, input });
    };
}
