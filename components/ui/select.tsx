"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "#components/cn";
import { CONTROL } from "#components/ui/input.tsx";
import { useUiWords } from "#components/ui/words.tsx";

export type Option<V extends string = string> = { value: V; label: ReactNode; disabled?: boolean };

type SelectProps<V extends string> = Omit<ComponentProps<"button">, "value" | "onChange" | "type"> & {
  value: V | undefined;
  onChange: (value: V) => void;
  options: readonly Option<V>[];
  placeholder?: string;
};

/** One of a few. For long or searchable lists use Combobox. */
export function Select<V extends string>({ value, onChange, options, placeholder, className, disabled, ...props }: SelectProps<V>) {
  const words = useUiWords();
  return (
    <Primitive.Root value={value ?? ""} onValueChange={(next) => onChange(next as V)} disabled={disabled ?? false}>
      <Primitive.Trigger
        className={cn(CONTROL, "flex h-8 items-center justify-between gap-2 text-start data-[placeholder]:text-subtle", className)}
        {...props}
      >
        <span className="truncate">
          <Primitive.Value placeholder={placeholder ?? words.choose} />
        </span>
        <ChevronDown aria-hidden="true" className="size-4 shrink-0 stroke-[1.75] text-subtle" />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md bg-popover shadow-float data-[state=open]:fade-in-0 data-[state=open]:animate-in duration-150"
        >
          <Primitive.Viewport className="p-1">
            {options.map((option) => (
              <Primitive.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className="relative flex h-8 select-none items-center rounded-sm ps-2 pe-8 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-pressed"
              >
                <Primitive.ItemText>{option.label}</Primitive.ItemText>
                <Primitive.ItemIndicator className="absolute end-2">
                  <Check aria-hidden="true" className="size-4 stroke-[1.75]" />
                </Primitive.ItemIndicator>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
