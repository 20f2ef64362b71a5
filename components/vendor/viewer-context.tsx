"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { Viewer } from "#server/trpc/views";

export type SignedIn = Viewer & {
  /** Origin of this app, for addresses to copy. */
  origin: string;
  /** The stand-in vendor product of the demo, or null. */
  demoOrigin: string | null;
};

const Context = createContext<SignedIn | null>(null);

export function ViewerProvider({ viewer, children }: { viewer: SignedIn; children: ReactNode }) {
  return <Context.Provider value={viewer}>{children}</Context.Provider>;
}

/** Who is signed in, for which vendor and environment. */
export function useViewer(): SignedIn {
  const viewer = useContext(Context);
  if (viewer === null) throw new Error("useViewer outside of ViewerProvider");
  return viewer;
}

const LADDER: Viewer["role"][] = ["viewer", "support", "developer", "admin", "owner"];

/** Whether the signed-in member has at least this role. The server decides anew; this only keeps buttons honest. */
export function useMay(minimum: Viewer["role"]): boolean {
  return LADDER.indexOf(useViewer().role) >= LADDER.indexOf(minimum);
}
