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
            // With two answers they stand in a line of their own, under the words.
            "flex w-[356px] font-sans max-w-full items-start gap-x-2.5 gap-y-2 rounded-md bg-popover px-3.5 py-3 text-sm text-foreground shadow-float has-[[data-cancel]]:flex-wrap [&_[data-content]]:min-w-0 has-[[data-cancel]]:[&_[data-content]]:max-w-[calc(100%-26px)] has-[[data-cancel]]:[&_[data-content]]:basis-[calc(100%-26px)] [&_svg]:mt-px [&_svg]:size-4",
          title: "font-medium",
          description: "text-secondary",
          actionButton: "ms-auto min-h-6 shrink-0 whitespace-nowrap font-medium text-accent-text [[data-cancel]~&]:ms-3",
          cancelButton: "ms-auto min-h-6 shrink-0 whitespace-nowrap font-medium text-secondary hover:text-foreground",
          success: "[&_[data-icon]]:text-success-text",
          error: "[&_[data-icon]]:text-danger-text",
        },
      }}
    />
  );
}
