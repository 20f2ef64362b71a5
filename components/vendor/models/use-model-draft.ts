"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useCallback, useMemo, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { type FieldRow, fieldsOf, moved, problemsOf, rowsOf } from "#components/vendor/models/field-rows";
import type { ModelDetail } from "#server/domains/models/get-model";
import type { ModelImpact } from "#server/domains/models/model-impact";
import type { ModelField } from "#server/domains/models/schema";
import { keyOf } from "#server/mapping/same-value";

export type Head = { name: string; key: string; description: string };

export const MODEL_KEY = /^[a-z][a-z0-9_]*$/;
const START: Head = { name: "", key: "", description: "" };

/** What the server refuses, by the id of the field's row. */
function refusedRows(error: unknown, rows: readonly FieldRow[]): Map<number, string> {
  return new Map(
    Object.entries(faultOf(error).fields ?? {}).flatMap(([path, [message]]) => {
      const row = rows[Number(/^fields\.(\d+)/.exec(path)?.[1])];
      return row && message ? [[row.id, message] as const] : [];
    }),
  );
}

/** By identity first: at a key in one field the others are not compared letter by letter. */
const sameFields = (rows: readonly FieldRow[], stored: readonly ModelField[]): boolean =>
  rows.length === stored.length && rows.every(({ field }, at) => field === stored[at] || keyOf(field) === keyOf(stored[at]));

/** The model as it is on screen, what of it is not stored, and what is wrong with it. */
export function useModelDraft(model: ModelDetail | null) {
  const stored: Head = model ? { name: model.name, key: model.key, description: model.description } : START;
  const [head, setHead] = useState(stored);
  const [rows, setRows] = useState(() => rowsOf(model?.fields ?? []));
  const [refused, setRefused] = useState<ReadonlyMap<number, string>>(new Map());
  const [tried, setTried] = useState(false);
  const [hand, setHand] = useState<number | null>(null);
  const change = useCallback((id: number, field: ModelField) => {
    setRefused((before) => (before.has(id) ? new Map([...before].filter(([own]) => own !== id)) : before));
    setRows((before) => before.map((row) => (row.id === id ? { id, field } : row)));
  }, []);
  const move = useCallback(
    (id: number, by: 1 | -1) =>
      setRows((before) => {
        const at = before.findIndex((row) => row.id === id);
        return moved(before, at, at + by);
      }),
    [],
  );
  const remove = useCallback((id: number) => setRows((before) => before.filter((row) => row.id !== id)), []);
  /** What an earlier version said, as changes that are not saved. */
  const adopt = useCallback(({ name, fields }: Pick<ModelDetail, "name" | "fields">) => {
    setHead((before) => ({ ...before, name }));
    setRows(rowsOf(fields));
    setRefused(new Map());
  }, []);
  const actions = useMemo(() => ({ change, move, remove }), [change, move, remove]);
  const wrong = useMemo(() => problemsOf(rows), [rows]);
  const known = useMemo(() => new Set((model?.fields ?? []).map(({ key }) => key)), [model]);
  // Half a new line is no mistake yet: what is empty is only said after somebody has tried to save.
  const problems = useMemo(() => {
    const begun = new Set(rows.flatMap(({ id, field }) => (field.name !== "" && field.key !== "" ? [id] : [])));
    return new Map([...refused, ...[...wrong].filter(([id]) => tried || begun.has(id))]);
  }, [refused, wrong, tried, rows]);
  const dirty = keyOf(head) !== keyOf(stored) || !sameFields(rows, model?.fields ?? []);
  return {
    head,
    setHead,
    rows,
    setRows,
    actions,
    adopt,
    known,
    wrong,
    problems,
    dirty,
    hand,
    setHand,
    /** Puts the keyboard into a row, wherever it is. */
    lead(id: number) {
      setHand(id); // which draws it
      requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-row="${id}"] input`)?.focus()));
    },
    setTried,
    refuse: (error: unknown) => setRefused(refusedRows(error, rows)),
  };
}

/** Looking at what a save would break, and saving. */
function useModelActions(model: ModelDetail | null) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const stale = () => Promise.all([cache.invalidateQueries(trpc.models.pathFilter()), cache.invalidateQueries(trpc.mappings.pathFilter())]);
  const failed = (title: string) => (error: unknown) => {
    const fault = faultOf(error);
    const field = fault.fields ? Object.values(fault.fields)[0]?.[0] : undefined;
    toast.error(title, { description: field ?? fault.detail ?? fault.text });
  };
  const [changes, setChanges] = useState<ModelImpact[] | null>(null);
  const preview = useMutation(trpc.models.preview.mutationOptions({ onError: failed("The model was not saved") }));
  const save = useMutation(
    trpc.models.save.mutationOptions({
      onSuccess: async ({ version, created }) => {
        await stale();
        toast.success(created ? "Model created" : `Version ${version} is saved`);
      },
      onError: failed("The model was not saved"),
    }),
  );
  const archive = useMutation(
    trpc.models.archive.mutationOptions({
      onSuccess: async () => {
        await stale();
        toast.success(model?.archivedAt ? "Model restored" : "Model archived");
      },
      onError: failed("Not done"),
    }),
  );
  return { preview, save, archive, changes, setChanges };
}

/** Saved, the leave guard steps back over the entry it had put into the history; only then may one go on from here. */
const steppedBack = () =>
  new Promise<void>((resolve) => {
    window.addEventListener("popstate", () => resolve(), { once: true });
    setTimeout(resolve, 400);
  });

/** Saves, after asking when somebody loses something. */
export function useSaving(model: ModelDetail | null, draft: ReturnType<typeof useModelDraft>) {
  const router = useRouter();
  const actions = useModelActions(model);
  const { preview, save, setChanges } = actions;
  const { head, rows } = draft;
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState(false);
  const isComplete = (): boolean => {
    setTried(true);
    draft.setTried(true);
    const first = rows.find(({ id }) => draft.wrong.has(id));
    if (first) draft.lead(first.id);
    return !first && rows.length > 0 && head.name.trim() !== "" && MODEL_KEY.test(head.key);
  };
  const store = async (acceptBreaking: boolean): Promise<boolean> => {
    try {
      await save.mutateAsync({ ...head, name: head.name.trim(), fields: fieldsOf(rows), version: model?.version ?? 0, acceptBreaking });
      const back = steppedBack();
      setSaved(true);
      if (!model) {
        await back;
        router.replace(`/models/${head.key}`);
      }
      return true;
    } catch (error) {
      draft.refuse(error);
      return false;
    } finally {
      setChanges(null);
    }
  };
  /** What a save would break, or null when that could not be found out. */
  const breaking = async (key: string): Promise<boolean | null> => {
    try {
      const { changes } = await preview.mutateAsync({ key, fields: fieldsOf(rows) });
      const any = changes.some((change) => change.breaking);
      if (any) setChanges(changes);
      return any;
    } catch (error) {
      draft.refuse(error);
      return null;
    }
  };
  /** False when nothing was saved yet. */
  const saveOrAsk = async (): Promise<boolean> => {
    if (!isComplete()) return false;
    if (!model) return store(false);
    return (await breaking(model.key)) === false && store(true);
  };
  return { ...actions, tried, saved, store, saveOrAsk };
}

export type Saving = ReturnType<typeof useSaving>;
