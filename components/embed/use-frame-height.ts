import { type RefObject, useEffect, useRef } from "react";
import type { FromFrame } from "#components/widget/protocol";

/** Tells the page above how high the content is, whenever that changes. */
export function useFrameHeight(send: (message: FromFrame) => void): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      send({ type: "resize", height: Math.ceil(element.getBoundingClientRect().height) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [send]);
  return root;
}
