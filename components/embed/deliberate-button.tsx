"use client";

import { type ComponentProps, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { useSay } from "./language.tsx";
import { useUncovered } from "./use-uncovered";

type DeliberateButtonProps = Omit<ComponentProps<typeof Button>, "onClick" | "ref"> & {
  /** What is typed where a press alone proves nothing: short, and shown beside. */
  word: string;
  onConfirm: () => void;
};

/** A button for what cannot be taken back. Where something lies over it, a press may not be meant for it: then a word has to be typed. */
export function DeliberateButton({ word, onConfirm, ...props }: DeliberateButtonProps) {
  const say = useSay();
  const target = useRef<HTMLDivElement>(null);
  const isSeen = useUncovered(target);
  const [typed, setTyped] = useState<string | null>(null);
  const press = async () => {
    if (typed !== null || (await isSeen())) onConfirm();
    else setTyped("");
  };
  return (
    <div ref={target} className={typed === null ? "" : "basis-full space-y-3"}>
      {typed === null ? null : (
        <Field label={say("confirm.type", { word })} hint={say("confirm.covered")} className="max-w-[32rem]">
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoFocus autoComplete="off" />
        </Field>
      )}
      <Button {...props} disabled={typed !== null && typed.trim() !== word} onClick={() => void press()} />
    </div>
  );
}
