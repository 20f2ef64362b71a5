"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False on the server and while the browser takes its page over; then true. For what only the browser knows, such as its zone. */
export const useHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
