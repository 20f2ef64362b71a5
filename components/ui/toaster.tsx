"use client";

import { Toaster as Sonner } from "sonner";

export function Toaster() {
  return (
    <Sonner
      position="bottom-center"
      duration={5000}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-[356px] font-sans max-w-full items-start gap-2.5 rounded-md bg-popover px-3.5 py-3 text-sm text-foreground shadow-float [&_svg]:mt-px [&_svg]:size-4",
          title: "font-medium",
          description: "text-secondary",
          actionButton: "ms-auto shrink-0 font-medium text-accent-text",
          success: "[&_[data-icon]]:text-success-text",
          error: "[&_[data-icon]]:text-danger-text",
        },
      }}
    />
  );
}
