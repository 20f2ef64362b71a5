"use client";

import { useRouter } from "next/navigation";
import { type RefObject, useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

/** Where somebody wants to go: an address in the app, or one step back. */
type Going = { href: string } | "back";

/** The address of a plain click on a link that would leave this page inside the app; null for any other click. */
function linkOf(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || link.hasAttribute("download") || (link.target && link.target !== "_self")) return null;
  const to = new URL(link.href);
  const samePage = to.pathname === window.location.pathname && to.search === window.location.search;
  return to.origin !== window.location.origin || samePage ? null : to.pathname + to.search + to.hash;
}

/** Asks before links are followed, before "back", and before the tab is closed. What the router does by itself cannot be asked about. */
function useLeaveQuestion(dirty: boolean, leaving: RefObject<boolean>, ask: (going: Going) => void) {
  useEffect(() => {
    if (!dirty) return;
    leaving.current = false;
    const unload = (event: BeforeUnloadEvent) => {
      if (!leaving.current) event.preventDefault();
    };
    const click = (event: MouseEvent) => {
      const href = linkOf(event);
      if (href === null || leaving.current) return;
      event.preventDefault();
      event.stopPropagation();
      ask({ href });
    };
    // "Back" cannot be refused, only taken first: the page stands twice in the history, and going to the one below asks.
    const hold = () => window.history.pushState(window.history.state, "", window.location.href);
    const back = () => {
      if (leaving.current) return;
      hold();
      ask("back");
    };
    const here = window.location.pathname;
    hold();
    window.addEventListener("beforeunload", unload);
    window.addEventListener("popstate", back);
    document.addEventListener("click", click, true);
    return () => {
      window.removeEventListener("beforeunload", unload);
      window.removeEventListener("popstate", back);
      document.removeEventListener("click", click, true);
      if (!leaving.current && window.location.pathname === here) window.history.back();
    };
  }, [dirty, leaving, ask]);
}

type LeaveGuardProps = {
  dirty: boolean;
  /** What would be lost: "The mapping has changes that are not saved." */
  children: string;
  /** Saves; false when it could not, and nobody leaves. */
  onSave: () => Promise<boolean>;
  saveLabel: string;
};

/** Nothing typed is lost by going somewhere else: it is asked first. */
export function LeaveGuard({ dirty, children, onSave, saveLabel }: LeaveGuardProps) {
  const router = useRouter();
  const leaving = useRef(false);
  const [going, setGoing] = useState<Going | null>(null);
  const [saving, setSaving] = useState(false);
  useLeaveQuestion(dirty, leaving, setGoing);
  const leave = () => {
    leaving.current = true;
    setGoing(null);
    if (going === "back") window.history.go(-2);
    else if (going) router.replace(going.href);
  };
  const saveAndLeave = async () => {
    setSaving(true);
    leaving.current = true; // saved, the page is not dirty any more, and must not step back by itself
    const saved = await onSave();
    setSaving(false);
    if (saved) return leave();
    leaving.current = false;
    setGoing(null);
  };
  return (
    <Dialog
      open={going !== null}
      onOpenChange={(open) => !open && setGoing(null)}
      title="Leave without saving?"
      footer={
        <>
          <Button onClick={() => setGoing(null)}>Stay</Button>
          <Button variant="danger" onClick={leave}>
            Leave without saving
          </Button>
          <Button variant="primary" pending={saving} onClick={() => void saveAndLeave()}>
            {saveLabel}
          </Button>
        </>
      }
    >
      <p className="text-base text-secondary">{children}</p>
    </Dialog>
  );
}
