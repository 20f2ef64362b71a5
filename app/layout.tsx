import "@fontsource-variable/inter/index.css";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { parseAppearance, THEME_COOKIE } from "#components/ui/appearance";

export const metadata: Metadata = {
  title: { default: "Inlay", template: "%s · Inlay" },
  description: "The embeddable, white-label integration marketplace",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const appearance = parseAppearance((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" suppressHydrationWarning {...(appearance === "auto" ? {} : { "data-theme": appearance })}>
      <body>{children}</body>
    </html>
  );
}
