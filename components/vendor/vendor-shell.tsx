"use client";

import { ExternalLink, PanelLeft } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { cn } from "#components/cn";
import type { Appearance } from "#components/ui/appearance";
import { Button } from "#components/ui/button.tsx";
import { EnvironmentDot, EnvironmentMenu } from "#components/vendor/environment-menu.tsx";
import { MemberMenu } from "#components/vendor/member-menu.tsx";
import { NAV } from "#components/vendor/nav-items";
import { useViewer } from "#components/vendor/viewer-context.tsx";

function Navigation() {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="flex-1 overflow-y-auto px-2 pb-4">
      {NAV.map((group) => (
        <div key={group.label ?? "first"} className="mt-4 first:mt-2">
          {group.label ? <p className="px-2 pb-1 font-medium text-subtle text-xs">{group.label}</p> : null}
          <ul className="space-y-px">
            {group.items.map(({ href, label, icon: Icon }) => {
              const current = pathname === href || pathname.startsWith(`${href}/`);
              return (
                <li key={href}>
                  <Link
                    href={href}
                    aria-current={current ? "page" : undefined}
                    className={cn(
                      "flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-sm transition-colors focus-visible:outline-offset-0",
                      current ? "bg-pressed text-foreground" : "text-secondary hover:bg-hover hover:text-foreground",
                    )}
                  >
                    <Icon aria-hidden="true" className={cn("size-4 stroke-[1.75]", current ? "text-foreground" : "text-subtle")} />
                    {label}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Sidebar({ appearance }: { appearance: Appearance }) {
  const { demoOrigin } = useViewer();
  return (
    <div className="flex h-full flex-col">
      <div className="p-2 pt-3">
        <EnvironmentMenu />
      </div>
      <Navigation />
      {demoOrigin ? (
        <a
          href={`${demoOrigin}/demo`}
          target="_blank"
          rel="noreferrer"
          className="mx-2 mb-1 flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-secondary text-sm hover:bg-hover hover:text-foreground"
        >
          <ExternalLink aria-hidden="true" className="size-4 stroke-[1.75] text-subtle" />
          Open the demo product
        </a>
      ) : null}
      <div className="border-hairline border-t p-2">
        <MemberMenu appearance={appearance} />
      </div>
    </div>
  );
}

/** On narrow screens the sidebar is a sheet behind a button in a top bar. */
function TopBar({ appearance }: { appearance: Appearance }) {
  const viewer = useViewer();
  const pathname = usePathname();
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the sheet
  useEffect(() => setOpen(false), [pathname]);
  return (
    <div className="sticky top-0 z-30 flex h-12 items-center gap-2 border-hairline border-b bg-background px-2 lg:hidden">
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Trigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open navigation">
            <PanelLeft aria-hidden="true" />
          </Button>
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-black/35" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 start-0 z-40 w-[272px] max-w-[85vw] bg-background shadow-float outline-none duration-150 data-[state=open]:animate-in data-[state=open]:slide-in-from-left-4"
          >
            <Dialog.Title className="sr-only">Navigation</Dialog.Title>
            <Sidebar appearance={appearance} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <span className="truncate font-semibold text-sm">{viewer.vendor.name}</span>
      <span className="flex items-center gap-1.5 text-secondary text-xs first-letter:uppercase">
        <EnvironmentDot kind={viewer.environment.kind} />
        {viewer.environment.kind === "live" ? "Live" : "Test"}
      </span>
    </div>
  );
}

export function VendorShell({ appearance, children }: { appearance: Appearance; children: ReactNode }) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[232px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-foreground px-3 py-2 font-medium text-background text-sm focus:not-sr-only focus:fixed focus:start-3 focus:top-3"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh border-hairline border-e lg:block">
        <Sidebar appearance={appearance} />
      </aside>
      <div className="min-w-0">
        <TopBar appearance={appearance} />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[1184px] px-4 pt-6 pb-20 outline-none sm:px-8 lg:pt-8">
          {children}
        </main>
      </div>
    </div>
  );
}
