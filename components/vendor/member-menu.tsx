"use client";

import { LogOut, Monitor, Moon, Sun } from "lucide-react";
import { signOut } from "next-auth/react";
import { useState } from "react";
import { type Appearance, rememberAppearance } from "#components/ui/appearance";
import { Menu, MenuItem, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuSeparator } from "#components/ui/menu.tsx";
import { useViewer } from "#components/vendor/viewer-context.tsx";

export function MemberMenu({ appearance }: { appearance: Appearance }) {
  const viewer = useViewer();
  const [chosen, setChosen] = useState(appearance);
  const name = viewer.name ?? viewer.email;
  const choose = (next: string) => {
    setChosen(next as Appearance);
    rememberAppearance(next as Appearance);
  };
  return (
    <Menu
      align="start"
      side="top"
      className="w-56"
      trigger={
        <button
          type="button"
          className="flex h-11 w-full items-center gap-2.5 rounded-md px-2 text-start transition-colors hover:bg-hover data-[state=open]:bg-pressed"
          aria-label={`${name}: appearance and sign out`}
        >
          <span
            aria-hidden="true"
            className="flex size-7 shrink-0 items-center justify-center rounded-full border border-hairline-strong bg-surface font-medium text-secondary text-xs"
          >
            {name.slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1 leading-4">
            <span className="block truncate font-medium text-sm">{name}</span>
            <span className="block truncate text-secondary text-xs first-letter:uppercase">{viewer.role}</span>
          </span>
        </button>
      }
    >
      <p className="truncate px-2 pt-1 text-secondary text-xs">{viewer.email}</p>
      <MenuLabel>Appearance</MenuLabel>
      <MenuRadioGroup value={chosen} onValueChange={choose}>
        <MenuRadioItem value="auto" onSelect={(event) => event.preventDefault()}>
          <Monitor aria-hidden="true" />
          As the system
        </MenuRadioItem>
        <MenuRadioItem value="light" onSelect={(event) => event.preventDefault()}>
          <Sun aria-hidden="true" />
          Light
        </MenuRadioItem>
        <MenuRadioItem value="dark" onSelect={(event) => event.preventDefault()}>
          <Moon aria-hidden="true" />
          Dark
        </MenuRadioItem>
      </MenuRadioGroup>
      <MenuSeparator />
      <MenuItem onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>
        <LogOut aria-hidden="true" />
        Sign out
      </MenuItem>
    </Menu>
  );
}
