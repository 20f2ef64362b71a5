"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { faultOf } from "#components/trpc/fault";
import type { AuthorizationResult, AuthorizationStatus } from "#server/trpc/views/embed";
import type { Say } from "#server/words/say";
import { navigatePopup, openPopup, takePopup, ticketIn } from "./authorization-popup";
import { type AuthorizationFacts, type AuthorizationStage, stageOf } from "./authorization-stage";
import { useSay } from "./language.tsx";
import { type Resume, useNavigation } from "./navigation.tsx";
import { dropPending, keepPending } from "./pending-authorization";
import { sayFault } from "./say-fault";

/**
 * A third party can cut the tie to its window, which then looks closed. Who really closed it is back here and this page has the
 * focus; without that we wait this long before we say so.
 */
const CLOSED_GRACE_MS = 4000;
const LOOK_MS = 200;

const isOver = (known: AuthorizationStatus | undefined) => known !== undefined && ["denied", "failed", "expired"].includes(known.status);
/** A reload may have missed the answer to what was finished already; asked again it is the same. */
const isBack = (known: AuthorizationStatus | undefined) => known?.status === "returned" || known?.status === "finished";

type Target = { integrationId: string; integrationName: string; connectionId?: string };

export type Authorization = {
  stage: AuthorizationStage;
  /** Where to send the whole page, when the window was blocked. */
  redirectUrl: string | null;
  problem: { code: string; text: string; detail: string | null } | null;
  result: AuthorizationResult | null;
  /** Opens the window and begins; call it inside a click. `fresh` connects a further account instead of this one. */
  start(options?: { config?: Record<string, string>; fresh?: boolean }): void;
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

/** Keeps in the tab what is under way, so that a page reloaded meanwhile goes on; forgets it once it ends or is left. */
function useKept(underWay: Resume | null, { integrationId, connectionId }: Target): void {
  const { authorizationId, resumeKey } = underWay ?? {};
  useEffect(() => {
    if (authorizationId === undefined || resumeKey === undefined) return;
    keepPending({ authorizationId, resumeKey, integrationId, ...(connectionId ? { connectionId } : {}) });
    return dropPending; // not called when the page goes away
  }, [authorizationId, resumeKey, integrationId, connectionId]);
}

/** What was kept is not ours after all (another customer opened this tab's marketplace), or is long gone: as if nothing had begun. */
function useLost(error: unknown, setResumed: (resumed: null) => void): void {
  const lost = error !== null && faultOf(error).code === "not_found";
  useEffect(() => {
    if (lost) setResumed(null);
  }, [lost, setResumed]);
}

const keyOf = (underWay: Resume | null) => (underWay ? { resumeKey: underWay.resumeKey } : {});

/** Where an authorisation stands, asked until it is back. */
function useStatus(underWay: Resume | null, enabled: boolean) {
  const trpc = useEmbed();
  const input = { authorizationId: underWay?.authorizationId ?? "", ...keyOf(underWay) };
  return useQuery(
    trpc.connect.status.queryOptions(input, {
      enabled: underWay !== null && enabled,
      refetchInterval: (query) => (query.state.data && query.state.data.status !== "waiting" ? false : 800),
      refetchIntervalInBackground: true,
      refetchOnWindowFocus: "always",
      staleTime: 0,
    }),
  );
}

/** The window that the click has opened, or one opened now; null where the browser blocks it. */
function windowFor(name: string, say: Say): Window | null {
  const waiting = takePopup();
  if (waiting !== undefined) return waiting;
  openPopup(name, say);
  return takePopup() ?? null;
}

/** One attempt after the other to authorise at a third party, finished by this session, or the next one in its tab. */
export function useAuthorization(target: Target, resume: Resume | undefined): Authorization {
  const say = useSay();
  const trpc = useEmbed();
  const { page, renew } = useNavigation();
  const refetch = useRef<() => Promise<unknown>>(() => Promise.resolve());
  const { popup, state: popupState, follow } = usePopup(() => refetch.current());
  const [resumed, setResumed] = useState(resume ?? null);
  const begin = useMutation(trpc.connect.begin.mutationOptions());
  const finalize = useMutation(trpc.connect.finalize.mutationOptions());
  const underWay = begin.data ?? resumed;
  const authorizationId = underWay?.authorizationId ?? null;
  const status = useStatus(underWay, finalize.status === "idle");
  refetch.current = () => (authorizationId !== null && finalize.status === "idle" ? status.refetch() : Promise.resolve());

  const start: Authorization["start"] = (options = {}) => {
    popup?.close();
    const opened = windowFor(target.integrationName, say);
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
  useFinish(isBack(status.data) || ticket !== null ? authorizationId : null, (id) => {
    popup?.close();
    finalize.mutate({ authorizationId: id, ...keyOf(underWay), ...(ticket === null ? {} : { ticket }) });
  });
  useKept(finalize.isSuccess || finalize.isError || isOver(status.data) ? null : underWay, target);
  useLost(resumed ? status.error : null, setResumed);

  return {
    stage: stageOf({
      begin: beginning(begin.status, popupState),
      popup: popupState,
      status: standing(status.data, resumed),
      finalize: finalize.status,
    }),
    redirectUrl: popupState === "blocked" ? (begin.data?.url ?? null) : null,
    problem: status.data?.problem ?? shown(finalize.error ?? begin.error ?? (underWay && status.error), say),
    result: finalize.data ?? null,
    start,
  };
}

const standing = (known: AuthorizationStatus | undefined, resumed: Resume | null) => known?.status ?? (resumed ? "waiting" : null);

/** A window is open before the server is asked: by then it has begun for the customer. */
const beginning = (status: AuthorizationFacts["begin"], popup: AuthorizationFacts["popup"]) =>
  status === "idle" && popup !== "none" ? "pending" : status;

function shown(error: unknown, say: Say): Authorization["problem"] {
  if (error === null) return null;
  const { code, text, detail } = sayFault(error, say);
  return { code, text, detail: detail ?? null };
}
