import type { TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { share, tap } from "@trpc/server/observable";
import superjson from "superjson";

/** A change asked for while the very same one is under way is that one: a doubled press acts once, and both hear the one answer. */
export function onceLink<R extends AnyTRPCRouter>(): TRPCLink<R> {
  return () => {
    const underWay = new Map<string, ReturnType<ReturnType<TRPCLink<R>>>>();
    return ({ next, op }) => {
      if (op.type !== "mutation") return next(op);
      const key = `${op.path} ${superjson.stringify(op.input)}`;
      const same = underWay.get(key);
      if (same) return same;
      const over = () => underWay.delete(key);
      const shared = next(op).pipe(tap({ error: over, complete: over }), share());
      underWay.set(key, shared);
      return shared;
    };
  };
}
