"use client";

import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { adopted } from "#components/vendor/mapping/adopted";
import { useMappingActions } from "#components/vendor/mapping/use-mapping-actions";
import type { MappingContent, MappingEditorView } from "#server/trpc/views";

type Of = { templateId: string; streamKey: string };

/**
 * Makes a draft of an earlier version, in place of the draft there is; false when it was refused. Fields that the model has lost since
 * are left out. `onMade`: the screen shows what is stored again.
 */
export function useAdopting(view: MappingEditorView, of: Of, onMade: () => void) {
  const { save, refresh } = useMappingActions();
  return async ({ version, ...told }: { version: number } & MappingContent): Promise<boolean> => {
    const { unfiltered, ...content } = adopted(view, told);
    try {
      await save.mutateAsync({ ...of, ...content, basis: view.basis });
    } catch (error) {
      if (faultOf(error).code !== "conflict") return false; // said already
      toast.error("The draft was not made", { description: `${faultOf(error).detail ?? ""} Look at it, then try again.` });
      await refresh();
      return false;
    }
    onMade();
    toast.success(`The draft is version ${version} again`, {
      description: `${unfiltered ? "Its filter is left out: this stream sends every record that you give it. " : ""}Nothing changes for customers until it is published.`,
    });
    return true;
  };
}
