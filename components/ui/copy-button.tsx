"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { useUiWords } from "#components/ui/words.tsx";

/** Puts a text on the clipboard. A frame may not be allowed the one way and still have the other. */
async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:fixed;opacity:0";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

/** Copies `value`; says so in the button itself and to screen readers. */
export function CopyButton({
  value,
  label: given,
  showLabel = false,
  ...props
}: ButtonProps & { value: string; label?: string; showLabel?: boolean }) {
  const words = useUiWords();
  const label = given ?? words.copy;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void putOnClipboard(value).then(setCopied);
  const Icon = copied ? Check : Copy;
  return (
    <Button
      variant={showLabel ? "secondary" : "ghost"}
      size={showLabel ? "md" : "icon-sm"}
      aria-label={copied ? words.copied : label}
      onClick={copy}
      {...props}
    >
      <Icon aria-hidden="true" />
      {showLabel ? (copied ? words.copied : label) : null}
      <span aria-live="polite" className="sr-only">
        {copied ? words.copied : ""}
      </span>
    </Button>
  );
}
