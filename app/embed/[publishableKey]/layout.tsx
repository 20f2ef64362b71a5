import type { ReactNode } from "react";
import "./frame.css";

export default function EmbedLayout({ children }: { children: ReactNode }) {
  return <div className="inlay-frame">{children}</div>;
}
