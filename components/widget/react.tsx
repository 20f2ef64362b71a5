"use client";

import { useEffect, useRef } from "react";
import { type Handle, type OpenOptions, open } from "./open";

export type MarketplaceProps = Omit<OpenOptions, "mount"> & {
  /** Where Inlay is served, e.g. `https://integrations.example.com`. */
  origin: string;
  className?: string;
};

/** The marketplace as a React component. A new `theme` or `view` is sent to the frame; nothing is loaded again. */
export function Marketplace({ origin, className, ...options }: MarketplaceProps) {
  const host = useRef<HTMLDivElement>(null);
  const handle = useRef<Handle | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const { publishableKey, modal, theme, view } = options;

  useEffect(() => {
    const opened = open(
      {
        ...latest.current,
        publishableKey,
        modal,
        mount: modal ? undefined : (host.current ?? undefined),
        session: () => latest.current.session(),
        onEvent: (event) => latest.current.onEvent?.(event),
      },
      origin,
    );
    handle.current = opened;
    return () => opened.close();
  }, [origin, publishableKey, modal]);

  useEffect(() => {
    if (theme) handle.current?.setTheme(theme);
  }, [theme]);
  useEffect(() => {
    if (view) handle.current?.show(view);
  }, [view]);

  return modal ? null : <div ref={host} className={className} />;
}
