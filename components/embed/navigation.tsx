"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import type { View, WidgetEvent } from "#components/widget/protocol";
import { useBrowserBack } from "./use-browser-back";

export type ConnectionTab = "overview" | "activity" | "problems" | "mapping" | "settings";

/** An authorisation that was under way when the frame was loaded anew. */
export type Resume = { authorizationId: string; resumeKey: string };

/** Where the customer is. Kept in memory: the frame's address never changes and says nothing. */
export type Screen =
  | { name: "marketplace" }
  | { name: "integration"; integrationId: string }
  | { name: "connect"; integrationId: string; connectionId?: string; resume?: Resume }
  | { name: "claim"; token: string }
  | { name: "turn-on"; integrationId: string; connectionId: string }
  | { name: "map"; integrationId: string; connectionId: string; templateIds: readonly string[] }
  | { name: "connection"; connectionId: string; tab?: ConnectionTab };

type Navigation = {
  screen: Screen;
  /** Opens a screen; the one before is where `back` leads. */
  go(screen: Screen): void;
  /** Opens a screen in place of this one (and of so many before it), for steps one must not come back to. */
  replace(screen: Screen, steps?: number): void;
  back(): void;
  /** Tells the vendor's page. */
  emit(event: WidgetEvent): void;
  /** Address of the vendor's page, as it told us; where a full-page authorisation comes back to. */
  page: string;
  /** Asks the page for a fresh session, so that what begins now has its whole life before it. */
  renew(): Promise<string | null>;
};

const Context = createContext<Navigation | null>(null);

export function screenOf(view: View): Screen {
  if (view === "marketplace") return { name: "marketplace" };
  if ("claim" in view) return { name: "claim", token: view.claim };
  return "integration" in view
    ? { name: "integration", integrationId: view.integration }
    : { name: "connection", connectionId: view.connection };
}

function viewOf(screen: Screen): View {
  // A claim's token is a secret: the page has it already, and its listeners need not.
  if (screen.name === "marketplace" || screen.name === "claim") return "marketplace";
  return screen.name === "integration" || screen.name === "connect"
    ? { integration: screen.integrationId }
    : { connection: screen.connectionId };
}

type NavigationProps = { start: Screen; page: string; renew: Navigation["renew"]; emit: (event: WidgetEvent) => void; children: ReactNode };

export function NavigationProvider({ start, page, renew, emit, children }: NavigationProps) {
  const [stack, setStack] = useState<Screen[]>([start]);
  const screen = stack.at(-1) ?? start;

  const back = useCallback(() => {
    const previous: Screen = stack.at(-2) ?? { name: "marketplace" };
    setStack((before) => (before.length > 1 ? before.slice(0, -1) : [previous]));
    emit({ type: "view", view: viewOf(previous) });
  }, [stack, emit]);
  // What the browser's Back has left, for its Forward.
  const left = useRef<Screen[]>([]);
  const leave = useCallback(() => {
    left.current = stack;
    back();
  }, [stack, back]);
  const again = useCallback(() => {
    const reopened = left.current.at(-1);
    if (!reopened) return;
    setStack(left.current);
    emit({ type: "view", view: viewOf(reopened) });
  }, [emit]);
  const enter = useBrowserBack(stack.length, leave, again);
  const go = useCallback(
    (next: Screen) => {
      if (next.name !== "marketplace") enter();
      left.current = [];
      setStack((before) => (next.name === "marketplace" ? [next] : [...before, next]));
      emit({ type: "view", view: viewOf(next) });
    },
    [emit, enter],
  );
  const replace = useCallback((next: Screen, steps = 1) => setStack((before) => [...before.slice(0, -steps), next]), []);

  const value = useMemo(() => ({ screen, go, replace, back, emit, page, renew }), [screen, go, replace, back, emit, page, renew]);
  return <Context value={value}>{children}</Context>;
}

export function useNavigation(): Navigation {
  const navigation = useContext(Context);
  if (!navigation) throw new Error("useNavigation needs a NavigationProvider");
  return navigation;
}
