"use client";

import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import { useFocusReturn } from "#components/ui/focus-return";
import { useUiWords } from "#components/ui/words.tsx";

type Shape = "dialog" | "drawer";

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** A drawer comes from the end side and keeps the page readable beside it. */
  shape?: Shape;
  className?: string;
};

const SHAPES: Record<Shape, string> = {
  dialog:
    "start-1/2 top-1/2 max-h-[calc(100dvh-32px)] w-[calc(100vw-32px)] max-w-[480px] -translate-x-1/2 -translate-y-1/2 rounded-lg rtl:translate-x-1/2 data-[state=open]:zoom-in-98",
  drawer: "inset-y-0 end-0 w-full max-w-[560px] data-[state=open]:slide-in-from-right-4",
};

export function Dialog({ open, onOpenChange, title, description, children, footer, shape = "dialog", className }: DialogProps) {
  const words = useUiWords();
  const giveFocusBack = useFocusReturn(open);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="data-[state=open]:fade-in-0 fixed inset-0 z-40 bg-black/35 duration-150 data-[state=open]:animate-in" />
        <Primitive.Content
          onCloseAutoFocus={giveFocusBack}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "data-[state=open]:fade-in-0 fixed z-50 flex flex-col overflow-hidden bg-popover shadow-float outline-none duration-150 data-[state=open]:animate-in",
            SHAPES[shape],
            className,
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0">
              <Primitive.Title className="break-words font-semibold text-lg">{title}</Primitive.Title>
              {description ? <Primitive.Description className="mt-1 text-secondary text-sm">{description}</Primitive.Description> : null}
            </div>
            <Primitive.Close asChild>
              <Button variant="ghost" size="icon-sm" aria-label={words.close} className="-me-1.5">
                <X aria-hidden="true" />
              </Button>
            </Primitive.Close>
          </header>
          {children ? <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">{children}</div> : null}
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-hairline border-t px-5 py-3">{footer}</footer> : null}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
