import {
  Blocks,
  Boxes,
  Building2,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  Palette,
  Plug,
  Rss,
  Settings2,
  Waypoints,
  Webhook,
  Workflow,
} from "lucide-react";

export type NavItem = { href: string; label: string; icon: LucideIcon };
export type NavGroup = { label: string | null; items: NavItem[] };

/** The rooms of the dashboard, in the order of a working day: look, offer, connect, set up. */
export const NAV: NavGroup[] = [
  {
    label: null,
    items: [
      { href: "/overview", label: "Overview", icon: LayoutDashboard },
      { href: "/customers", label: "Customers", icon: Building2 },
      { href: "/runs", label: "Runs", icon: Workflow },
    ],
  },
  {
    label: "Offer",
    items: [
      { href: "/integrations", label: "Integrations", icon: Blocks },
      { href: "/templates", label: "Templates", icon: Waypoints },
      { href: "/models", label: "Models", icon: Boxes },
    ],
  },
  {
    label: "Develop",
    items: [
      { href: "/connectors", label: "Connectors", icon: Plug },
      { href: "/api-keys", label: "API keys", icon: KeyRound },
      { href: "/webhooks", label: "Webhooks", icon: Webhook },
      { href: "/consumers", label: "Feed consumers", icon: Rss },
    ],
  },
  {
    label: "Set up",
    items: [
      { href: "/branding", label: "Branding", icon: Palette },
      { href: "/settings", label: "Settings", icon: Settings2 },
    ],
  },
];
