"use client";

import { useEffect, useRef } from "react";
import { type Handle, type OpenOptions, open } from "./open";

export type MarketplaceProps = Omit<OpenOptions, "mount"> & {
  /** Where Inlay is served, e.g. `https://integrations.example.com`. */
  origin: string;
  className?: string;
};

/**
 * The marketplace as a React component. A `theme` or `view` that says something else is sent to the frame, and nothing is loaded again; one that is
 * merely written anew by a re-render sends nobody back to where they came from. Another `locale` or place opens it anew.
 */
export function Marketplace({ origin, className, ...options }: MarketplaceProps) {
  const host = useRef<HTMLDivElement>(null);
  const handle = useRef<Handle | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const { publishableKey, modal, locale } = options;
  const [theme, view] = [options.theme, options.view].map((wish) => wish && JSON.stringify(wish));

  useEffect(() => {
    const opened = open(
      {
        ...latest.current,
        publishableKey,
        modal,
        locale,
        mount: modal ? undefined : (host.current ?? undefined),
        session: () => latest.current.session(),
        onEvent: (event) => latest.current.onEvent?.(event),
      },
      origin,
    );
    handle.current = opened;
    return () => opened.close();
  }, [origin, publishableKey, modal, locale]);

  useEffect(() => {
    if (theme) handle.current?.setTheme(JSON.parse(theme));
  }, [theme]);
  useEffect(() => {
    if (view) handle.current?.show(JSON.parse(view));
  }, [view]);

  return modal ? null : <div ref={host} className={className} />;
}
