import { useEffect, useRef, useState } from "react";

/** Up to so many rows all are drawn: the browser's own search finds them. */
const ALL = 80;
/** Drawn beyond either edge of the window, in px, so that quick scrolling shows no gaps. */
const BEYOND = 480;
const FIRST = 30;

type Gap = { gap: number; after: number };
type Piece = number | Gap;

/** Rows that are drawn, in order, and how much room those between them take. */
export function piecesOf(drawn: readonly number[], total: number, heightOf: (index: number) => number): Piece[] {
  const pieces: Piece[] = [];
  const leave = (from: number, to: number) => {
    let gap = 0;
    for (let index = from; index < to; index++) gap += heightOf(index);
    if (gap > 0) pieces.push({ gap, after: from });
  };
  let next = 0;
  for (const index of drawn) {
    leave(next, index);
    pieces.push(index);
    next = index + 1;
  }
  leave(next, total);
  return pieces;
}

/** The first and last row, of rows below each other from 0, that lie between two heights. */
export function rowsBetween(from: number, to: number, total: number, heightOf: (index: number) => number): { start: number; end: number } {
  let [at, start, end] = [0, total, total];
  for (let index = 0; index < total; index++) {
    const next = at + heightOf(index);
    if (start === total && next > from) start = index;
    if (at >= to) {
      end = index;
      break;
    }
    at = next;
  }
  return { start: Math.min(start, end), end };
}

type Sight = { top: number; bottom: number };

/**
 * A frame that is as high as its content never scrolls: only the browser knows which part of it is in sight. It tells when one of the
 * list's children comes or goes, and is asked then what of the list is to be seen.
 */
function lookFromAbove(listOf: () => HTMLElement | null, look: (sight: Sight) => void) {
  const asked = new IntersectionObserver((entries) => {
    asked.disconnect();
    const seen = entries.at(-1)?.intersectionRect;
    if (seen && seen.height > 0) look({ top: seen.top, bottom: seen.bottom });
  });
  const ask = () => {
    const element = listOf();
    if (element) asked.observe(element);
  };
  const moved = new IntersectionObserver(ask);
  const watch = () => {
    moved.disconnect();
    for (const child of listOf()?.children ?? []) moved.observe(child);
  };
  const end = () => {
    asked.disconnect();
    moved.disconnect();
  };
  return { watch, end };
}

/**
 * Of a long list in the flow of the page, the rows in sight: a thousand cost no more than a screenful. Rows may be of any height;
 * `estimate` is what one is taken for before it was seen, in px. `always` is drawn wherever it is, for it holds the focus.
 * Gaps are drawn by the caller with `data-gap`; every other child of the list is a row.
 */
export function useRowsInSight<E extends HTMLElement>(total: number, estimate: number, always = -1) {
  const list = useRef<E>(null);
  const heights = useRef(new Map<number, number>());
  const drawn = useRef<number[]>([]);
  const measure = useRef<ReturnType<typeof lookFromAbove> | null>(null);
  const [sight, setSight] = useState({ start: 0, end: Math.min(total, FIRST) });
  const heightOf = (index: number) => heights.current.get(index) ?? estimate;
  const few = total <= ALL;
  useEffect(() => {
    if (few) return;
    const isFramed = window.parent !== window;
    const look = (sight = { top: 0, bottom: isFramed ? BEYOND : window.innerHeight }) => {
      const element = list.current;
      if (!element) return;
      const rows = [...element.children].filter((child): child is HTMLElement => child instanceof HTMLElement && !("gap" in child.dataset));
      for (const [place, row] of rows.entries()) heights.current.set(drawn.current[place] ?? -1, row.offsetHeight);
      const { top } = element.getBoundingClientRect();
      const known = (index: number) => heights.current.get(index) ?? estimate;
      const next = rowsBetween(sight.top - top - BEYOND, sight.bottom - top + BEYOND, total, known);
      setSight((before) => (before.start === next.start && before.end === next.end ? before : next));
    };
    look();
    if (isFramed) {
      measure.current = lookFromAbove(() => list.current, look);
      return () => measure.current?.end();
    }
    const onMove = () => look();
    document.addEventListener("scroll", onMove, { capture: true, passive: true });
    window.addEventListener("resize", onMove);
    return () => {
      document.removeEventListener("scroll", onMove, { capture: true });
      window.removeEventListener("resize", onMove);
    };
  }, [few, total, estimate]);
  useEffect(() => measure.current?.watch());
  const [start, end] = few ? [0, total] : [Math.min(sight.start, total), Math.min(sight.end, total)];
  const inSight = Array.from({ length: end - start }, (_, offset) => start + offset);
  const outside = always >= 0 && always < total && (always < start || always >= end);
  drawn.current = outside ? [...inSight, always].sort((a, b) => a - b) : inSight;
  return { list, pieces: piecesOf(drawn.current, total, heightOf), isPart: !few };
}
