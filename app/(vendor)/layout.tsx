import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { VendorProvider } from "#components/trpc/vendor-provider.tsx";
import { parseAppearance, THEME_COOKIE } from "#components/ui/appearance";
import { Toaster } from "#components/ui/toaster.tsx";
import { TooltipProvider } from "#components/ui/tooltip.tsx";
import { VendorShell } from "#components/vendor/vendor-shell.tsx";
import { ViewerProvider } from "#components/vendor/viewer-context.tsx";
import { signedIn } from "./signed-in";

export default async function VendorLayout({ children }: { children: ReactNode }) {
  const viewer = await signedIn();
  if (viewer === null) redirect("/sign-in");
  const appearance = parseAppearance((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <VendorProvider>
      <ViewerProvider viewer={viewer}>
        <TooltipProvider>
          <VendorShell appearance={appearance}>{children}</VendorShell>
          <Toaster />
        </TooltipProvider>
      </ViewerProvider>
    </VendorProvider>
  );
}
