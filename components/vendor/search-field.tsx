"use client";

import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "#components/cn";
import { Input } from "#components/ui/input.tsx";

/** Search that asks 200 ms after the last key. */
export function SearchField({
  value,
  onChange,
  label,
  className,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  className?: string;
}) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (value !== known) {
    setKnown(value); // changed from outside: "clear filters"
    setText(value);
  }
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 200);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className={cn("relative w-full sm:w-64", className)}>
      <Search aria-hidden="true" className="pointer-events-none absolute start-2.5 top-2 size-4 stroke-[1.75] text-subtle" />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        className="ps-8"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}
