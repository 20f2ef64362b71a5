"use client";

import { useRef, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { toFields } from "#components/vendor/mapping/field-draft";
import { type Issue, isError } from "#components/vendor/mapping/field-issues";
import { tryFilter } from "#components/vendor/mapping/filter-editor.tsx";
import { refusedFields, useMappingActions } from "#components/vendor/mapping/use-mapping-actions";
import type { useMappingDraft } from "#components/vendor/mapping/use-mapping-draft";
import type { Pace } from "#components/vendor/rollouts/pace-choice.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { MappingEditorView } from "#server/trpc/views";

type Of = { templateId: string; streamKey: string };
type Drafting = ReturnType<typeof useMappingDraft>;

const NOT_SAVED = "The draft was not saved";
const NOT_PUBLISHED = "The mapping was not published";

/** Leads to the first field that stands in the way; false when one does. */
function leadTo(
  title: string,
  model: readonly ModelField[],
  issues: ReadonlyMap<string, Issue>,
  stops: (issue: Issue) => boolean,
  lead: (key: string) => void,
): boolean {
  const field = model.find(({ key }) => {
    const issue = issues.get(key);
    return issue !== undefined && stops(issue);
  });
  if (!field) return true;
  toast.error(title, { description: `${field.name}: ${issues.get(field.key)?.message ?? ""} Your changes are still here.` });
  lead(field.key);
  return false;
}

/** Whether nothing stands in the way; else says what does. */
function clear(
  { content, model, issues, samples, expressionsReady }: Drafting,
  title: string,
  stops: (issue: Issue) => boolean,
  lead: (key: string) => void,
) {
  const filter = content.filter === null ? null : tryFilter(content.filter, samples, expressionsReady);
  if (filter?.state !== "fault") return leadTo(title, model, issues, stops, lead);
  toast.error(title, { description: `Filter: ${filter.message} Your changes are still here.` });
  return false;
}

/** Saving, discarding and publishing of what is on the screen. */
export function useStoring(view: MappingEditorView, of: Of, draft: Drafting, lead: (key: string) => void) {
  const { save, discard, publish, start, refresh } = useMappingActions();
  const { content, dirty, drop, setRefused } = draft;
  const [publishing, setPublishing] = useState(false);
  const [round, setRound] = useState(0);
  const fields = () => toFields(content.fields, view.model.fields);
  const restart = () => {
    drop();
    setRound(round + 1);
  };
  const isClear = (title: string, stops: (issue: Issue) => boolean) => clear(draft, title, stops, lead);
  /** The basis of what is stored then, or null when it is not. `over`: whatever others did meanwhile; `title`: what was asked for. */
  const store = async (over = false, title = NOT_SAVED): Promise<string | null> => {
    if (!isClear(title, (issue) => issue.blocks === "save")) return null;
    try {
      const { filter, choices } = content;
      const saved = await save.mutateAsync({ ...of, fields: fields(), filter, choices, ...(over ? {} : { basis: draft.basis }) });
      drop();
      return saved.basis;
    } catch (error) {
      if (faultOf(error).code === "conflict") clash(error, title);
      else setRefused(refusedFields(error, fields()));
      return null;
    }
  };
  /** Somebody else was quicker: the page says what is in force now, and the person whose is kept. */
  const clash = (error: unknown, title: string) => {
    void refresh();
    toast.error(title, {
      id: "mapping-clash",
      description: `${faultOf(error).detail ?? ""} Yours is still here, unsaved.`,
      duration: Number.POSITIVE_INFINITY,
      action: { label: "Save mine over it", onClick: () => void latest.current(true) },
      cancel: { label: "Show theirs", onClick: () => void showTheirs() },
    });
  };
  const showTheirs = async () => {
    restart();
    await refresh();
  };
  const saveDraft = async (over = false) => {
    if (await store(over)) toast.success("Draft saved", { description: "Nothing changes for customers until it is published." });
  };
  // The answer to a clash may come after more was typed.
  const latest = useRef(saveDraft);
  latest.current = saveDraft;
  const discardAll = async () => {
    restart();
    if (view.draft) await discard.mutateAsync(of).catch(() => undefined);
  };
  /** `pace`: how careful the roll-out is; null = for everybody at once. */
  const publishAll = async (pace: Pace) => {
    if (save.isPending || publish.isPending || start.isPending) return; // the second click of a double click
    const basis = dirty ? await store(false, NOT_PUBLISHED) : draft.basis;
    if (basis) {
      const sent = { ...of, basis };
      const published = pace === null ? publish.mutateAsync(sent) : start.mutateAsync({ ...sent, ...pace });
      await published.catch((error: unknown) => setRefused(refusedFields(error, fields())));
    }
    setPublishing(false);
  };
  /** What is on the screen is stored first: the server says from it whom it reaches. */
  const ask = async () => {
    toast.dismiss(); // what is said of the save before would lie over the dialog's buttons
    if (!isClear(NOT_PUBLISHED, isError)) return;
    if (!dirty || (await store(false, NOT_PUBLISHED)) !== null) setPublishing(true);
  };
  const doing = { save, discard, publish, start, publishing, setPublishing, round };
  return { ...doing, fields, store, saveDraft, restart, discardAll, publishAll, ask };
}

export type Storing = ReturnType<typeof useStoring>;
