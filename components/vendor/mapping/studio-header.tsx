"use client";

import { Redo2, Undo2 } from "lucide-react";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { useMappingDraft } from "#components/vendor/mapping/use-mapping-draft";
import type { Storing } from "#components/vendor/mapping/use-storing";
import type { MappingEditorView } from "#server/trpc/views";

function stateWords(view: MappingEditorView, { dirty, gone, basis }: ReturnType<typeof useMappingDraft>, changes: number): string {
  const base = view.isNew
    ? "The template’s next version brings this stream"
    : view.published
      ? `Version ${view.published.version} is in use`
      : "Nothing is published yet";
  const left = gone.length > 0 ? ` The model no longer has ${gone.slice(0, 3).join(", ")}, so nothing fills it any more.` : "";
  const behind = basis === view.basis ? "" : " Somebody else has changed this mapping since you began.";
  if (dirty) return `${base}; you have changes that are not saved.${behind}${left}`;
  if (view.draft && changes > 0) return `${base}; a draft with ${count(changes, "changed field")} waits to be published.${left}`;
  return `${base}.${left}`;
}

/** A stream that the next version of its template brings: its mapping is published with that. */
function NewActions({ storing, dirty, templateId }: { storing: Storing; dirty: boolean; templateId: string }) {
  return (
    <>
      <Button disabled={!dirty} pending={storing.save.isPending} onClick={() => void storing.saveDraft()}>
        Save draft
      </Button>
      <Button asChild variant="primary">
        <Link href={`/templates/${templateId}`}>Publish with the template</Link>
      </Button>
    </>
  );
}

type ActionsProps = { storing: Storing; draft: ReturnType<typeof useMappingDraft>; hasDraft: boolean; changes: number; blocked: boolean };

/** Publish stays in reach while something stands in its way: it says what, and leads there. */
function Actions({ storing, draft: { dirty, undo, redo }, hasDraft, changes, blocked }: ActionsProps) {
  const { save, discard, publishing } = storing;
  return (
    <>
      <span className="me-1 inline-flex">
        <Button variant="ghost" size="icon" disabled={!undo.may} aria-label="Undo" title="Undo (Ctrl or ⌘ Z)" onClick={undo.run}>
          <Undo2 aria-hidden="true" />
        </Button>
        <Button variant="ghost" size="icon" disabled={!redo.may} aria-label="Redo" title="Redo (Ctrl or ⌘ Shift Z)" onClick={redo.run}>
          <Redo2 aria-hidden="true" />
        </Button>
      </span>
      <Button variant="ghost" disabled={!dirty && !hasDraft} pending={discard.isPending} onClick={() => void storing.discardAll()}>
        Discard
      </Button>
      <Button disabled={!dirty} pending={save.isPending && !publishing} onClick={() => void storing.saveDraft()}>
        Save draft
      </Button>
      <Button
        variant="primary"
        disabled={changes === 0}
        aria-disabled={blocked || undefined}
        aria-describedby={blocked ? WHY_NOT : undefined}
        onClick={storing.ask}
      >
        Publish
      </Button>
    </>
  );
}

const WHY_NOT = "why-not-published";

/** What is stored, and why nothing can be published now. */
function State({ words, blocked, onLead }: { words: string; blocked: string | null; onLead: () => void }) {
  return (
    <>
      {words}
      {blocked === null ? null : (
        <span id={WHY_NOT} role="status" className="mt-1 block text-danger-text text-sm">
          {blocked}{" "}
          <button type="button" className="font-medium underline underline-offset-2" onClick={onLead}>
            Go there
          </button>
        </span>
      )}
    </>
  );
}

type HeaderProps = {
  view: MappingEditorView;
  draft: ReturnType<typeof useMappingDraft>;
  storing: Storing;
  /** How many fields differ from what is published. */
  changes: number;
  /** Why it cannot be published; null when it can. */
  blocked: string | null;
  onLead: () => void;
  may: boolean;
};

/** What is being edited, how it stands, and what can be done with it. */
export function StudioHeader({ view, draft, storing, changes, blocked, onLead, may }: HeaderProps) {
  return (
    <PageHeader
      back={{ href: `/templates/${view.templateId}`, label: view.templateName }}
      title={`${view.templateName}: ${view.streamLabel.toLowerCase()}`}
      description={<State words={stateWords(view, draft, changes)} blocked={may ? blocked : null} onLead={onLead} />}
      actions={
        may && view.isNew ? (
          <NewActions storing={storing} dirty={draft.dirty} templateId={view.templateId} />
        ) : may ? (
          <Actions storing={storing} draft={draft} hasDraft={view.draft !== null} changes={changes} blocked={blocked !== null} />
        ) : null
      }
    />
  );
}
