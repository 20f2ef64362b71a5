"use client";

import { Tabs as Primitive } from "radix-ui";
import { type ComponentProps, useEffect, useRef } from "react";
import { cn } from "#components/cn";

export const Tabs = Primitive.Root;

/** Where the row is too narrow for all, the one that is open is in sight. */
export function TabsList({ className, ...props }: ComponentProps<typeof Primitive.List>) {
  const list = useRef<HTMLDivElement>(null);
  const shown = useRef<Element | null>(null);
  useEffect(() => {
    const open = list.current?.querySelector('[role="tab"][data-state="active"]') ?? null;
    if (!list.current || !open || open === shown.current) return;
    shown.current = open;
    const row = list.current.getBoundingClientRect();
    const tab = open.getBoundingClientRect();
    // Only the row moves: `scrollIntoView` would move the page as well.
    list.current.scrollLeft += Math.max(0, tab.right - row.right) - Math.max(0, row.left - tab.left);
  });
  return (
    <Primitive.List
      ref={list}
      className={cn("flex gap-5 overflow-x-auto border-hairline border-b [scrollbar-width:none]", className)}
      {...props}
    />
  );
}

export function TabsTrigger({ className, ...props }: ComponentProps<typeof Primitive.Trigger>) {
  return (
    <Primitive.Trigger
      className={cn(
        "-mb-px inline-flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-0.5 font-medium text-secondary text-sm transition-colors hover:text-foreground focus-visible:outline-offset-[-2px] data-[state=active]:border-foreground data-[state=active]:text-foreground",
        className,
      )}
      {...props}
    />
  );
}

export function TabsContent({ className, ...props }: ComponentProps<typeof Primitive.Content>) {
  return <Primitive.Content className={cn("pt-5", className)} {...props} />;
}
