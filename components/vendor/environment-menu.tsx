"use client";

import { useMutation } from "@tanstack/react-query";
import { ChevronsUpDown } from "lucide-react";
import { toast } from "sonner";
import { cn } from "#components/cn";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Menu, MenuLabel, MenuRadioGroup, MenuRadioItem } from "#components/ui/menu.tsx";
import { useViewer } from "#components/vendor/viewer-context.tsx";

type Kind = "test" | "live";
const WORDS: Record<Kind, string> = { test: "Test", live: "Live" };

export function EnvironmentDot({ kind }: { kind: Kind }) {
  return <span aria-hidden="true" className={cn("size-2 shrink-0 rounded-full", kind === "live" ? "bg-success" : "bg-warning")} />;
}

/** Vendor and environment; switching loads everything anew, because no datum of one world belongs in the other. */
export function EnvironmentMenu() {
  const viewer = useViewer();
  const trpc = useVendor();
  const change = useMutation(
    trpc.viewer.switchEnvironment.mutationOptions({
      onSuccess: () => window.location.assign("/overview"),
      onError: (error) => toast.error("The environment was not switched", { description: faultOf(error).text }),
    }),
  );
  const { kind } = viewer.environment;
  return (
    <Menu
      align="start"
      className="w-56"
      trigger={
        <button
          type="button"
          className="flex h-11 w-full items-center gap-2.5 rounded-md px-2 text-start transition-colors hover:bg-hover data-[state=open]:bg-pressed"
          aria-label={`${viewer.vendor.name}, ${WORDS[kind]} environment. Switch environment`}
        >
          <span
            aria-hidden="true"
            className="flex size-7 shrink-0 items-center justify-center rounded-sm bg-foreground font-semibold text-background text-sm"
          >
            {viewer.vendor.name.slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1 leading-4">
            <span className="block truncate font-semibold text-sm">{viewer.vendor.name}</span>
            <span className="flex items-center gap-1.5 text-secondary text-xs">
              <EnvironmentDot kind={kind} />
              {WORDS[kind]}
            </span>
          </span>
          <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-subtle" />
        </button>
      }
    >
      <MenuLabel>Environment</MenuLabel>
      <MenuRadioGroup value={kind} onValueChange={(next) => next !== kind && change.mutate({ kind: next as Kind })}>
        <MenuRadioItem value="test">
          <EnvironmentDot kind="test" />
          Test
        </MenuRadioItem>
        <MenuRadioItem value="live">
          <EnvironmentDot kind="live" />
          Live
        </MenuRadioItem>
      </MenuRadioGroup>
      <p className="px-2 pt-1 pb-1.5 text-subtle text-xs">Keys, data and OAuth apps never cross.</p>
    </Menu>
  );
}
