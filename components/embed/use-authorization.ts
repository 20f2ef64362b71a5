"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { faultOf } from "#components/trpc/fault";
import type { AuthorizationResult } from "#server/trpc/views/embed";
import { navigatePopup, openPopup, takePopup, ticketIn } from "./authorization-popup";
import { type AuthorizationFacts, type AuthorizationStage, stageOf } from "./authorization-stage";
import { useNavigation } from "./navigation.tsx";
import { keepPending } from "./pending-authorization";

/**
 * A third party can cut the tie to its window, which then looks closed. Who really closed it is back here and this page has the
 * focus; without that we wait this long before we say so.
 */
const CLOSED_GRACE_MS = 4000;
const LOOK_MS = 200;

type Target = { integrationId: string; integrationName: string; connectionId?: string };

export type Authorization = {
  stage: AuthorizationStage;
  /** Where to send the whole page, when the window was blocked. */
  redirectUrl: string | null;
  problem: { code: string; text: string; detail: string | null } | null;
  result: AuthorizationResult | null;
  /** Opens the window and begins; call it inside a click. `fresh` connects a further account instead of this one. */
  start(options?: { config?: Record<string, string>; fresh?: boolean }): void;
  /** To be called as the customer leaves for the third party on this page. */
  leave(): void;
};

/** Watches whether the window is still there. `ask` asks the server once more, as a window just closed may have brought its answer. */
function usePopup(ask: () => Promise<unknown>) {
  const [popup, setPopup] = useState<Window | null>(null);
  const [state, setState] = useState<AuthorizationFacts["popup"]>("none");
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!popup) return;
    let closedAt = 0;
    let asked = false;
    const look = () => {
      if (!popup.closed) return;
      if (closedAt === 0) {
        closedAt = Date.now();
        void latest.current().finally(() => {
          asked = true;
          look();
        });
      }
      if (!asked || !(document.hasFocus() || Date.now() - closedAt > CLOSED_GRACE_MS)) return;
      clearInterval(timer);
      setState("gone");
    };
    const timer = setInterval(look, LOOK_MS);
    window.addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      window.removeEventListener("focus", look);
    };
  }, [popup]);
  const follow = useCallback((next: Window | null) => {
    setPopup(next);
    setState(next ? "open" : "blocked");
  }, []);
  return { popup, state, follow };
}

/** Calls `finish` once for every authorisation that has come back. */
function useFinish(authorizationId: string | null, finish: (authorizationId: string) => void) {
  const begun = useRef<string | null>(null);
  const latest = useRef(finish);
  latest.current = finish;
  useEffect(() => {
    if (authorizationId === null || begun.current === authorizationId) return;
    begun.current = authorizationId;
    latest.current(authorizationId);
  }, [authorizationId]);
}

/** The ticket of the window that came back. Only the frame that opened the window can read it there. */
function useTicket(popup: Window | null): string | null {
  const [ticket, setTicket] = useState<string | null>(null);
  useEffect(() => {
    setTicket(null);
    if (!popup) return;
    const timer = setInterval(() => {
      const found = ticketIn(popup);
      if (found !== null) clearInterval(timer);
      setTicket(found);
    }, 250);
    return () => clearInterval(timer);
  }, [popup]);
  return ticket;
}

/** One attempt after the other to authorise at a third party, finished by this session only. */
export function useAuthorization(target: Target, resume: string | undefined): Authorization {
  const trpc = useEmbed();
  const { page, renew } = useNavigation();
  const refetch = useRef<() => Promise<unknown>>(() => Promise.resolve());
  const { popup, state: popupState, follow } = usePopup(() => refetch.current());
  const [resumed, setResumed] = useState(resume ?? null);
  const begin = useMutation(trpc.connect.begin.mutationOptions());
  const finalize = useMutation(trpc.connect.finalize.mutationOptions());
  const authorizationId = begin.data?.authorizationId ?? resumed;
  const status = useQuery(
    trpc.connect.status.queryOptions(
      { authorizationId: authorizationId ?? "" },
      {
        enabled: authorizationId !== null && finalize.status === "idle",
        refetchInterval: (query) => (query.state.data && query.state.data.status !== "waiting" ? false : 800),
        refetchIntervalInBackground: true,
        refetchOnWindowFocus: "always",
        staleTime: 0,
      },
    ),
  );

  refetch.current = () => (authorizationId !== null && finalize.status === "idle" ? status.refetch() : Promise.resolve());

  const start: Authorization["start"] = (options = {}) => {
    popup?.close();
    let window = takePopup();
    if (window === undefined) {
      openPopup(target.integrationName);
      window = takePopup();
    }
    const opened = window ?? null;
    follow(opened);
    setResumed(null);
    finalize.reset();
    const input = {
      integrationId: target.integrationId,
      config: options.config ?? {},
      ...(target.connectionId && !options.fresh ? { connectionId: target.connectionId } : {}),
      ...(opened ? { display: "popup" as const } : { display: "redirect" as const, returnTo: page }),
    };
    begin.reset();
    // Only the session that begins an authorisation can finish it: it begins with one that will not be renewed meanwhile.
    void renew().then(() =>
      begin.mutate(input, {
        onSuccess: ({ url }) => opened && navigatePopup(opened, url),
        onError: () => opened?.close(),
      }),
    );
  };

  const ticket = useTicket(popup);
  useFinish(status.data?.status === "returned" || ticket !== null ? authorizationId : null, (id) => {
    popup?.close();
    finalize.mutate({ authorizationId: id, ...(ticket === null ? {} : { ticket }) });
  });

  const error = finalize.error ?? begin.error ?? (authorizationId ? status.error : null);
  return {
    stage: stageOf({
      begin: beginning(begin.status, popupState),
      popup: popupState,
      status: status.data?.status ?? (resumed ? "waiting" : null),
      finalize: finalize.status,
    }),
    redirectUrl: popupState === "blocked" ? (begin.data?.url ?? null) : null,
    problem: status.data?.problem ?? (error ? shown(error) : null),
    result: finalize.data ?? null,
    start,
    leave: () => {
      if (begin.data)
        keepPending({
          authorizationId: begin.data.authorizationId,
          integrationId: target.integrationId,
          ...(target.connectionId ? { connectionId: target.connectionId } : {}),
        });
    },
  };
}

/** A window is open before the server is asked: by then it has begun for the customer. */
const beginning = (status: AuthorizationFacts["begin"], popup: AuthorizationFacts["popup"]) =>
  status === "idle" && popup !== "none" ? "pending" : status;

function shown(error: unknown): Authorization["problem"] {
  const { code, text, detail } = faultOf(error);
  return { code, text, detail: detail ?? null };
}
