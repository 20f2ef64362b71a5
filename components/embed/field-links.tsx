"use client";

import { Button } from "#components/ui/button.tsx";

type Link = { key: string; name: string; onLead: () => void };

/** Names of fields, each leading to its line. */
export function FieldLinks({ fields }: { fields: readonly Link[] }) {
  return fields.map(({ key, name, onLead }, index) => (
    <span key={key}>
      {index > 0 ? ", " : ""}
      <Button variant="link" size="sm" onClick={onLead}>
        {name}
      </Button>
    </span>
  ));
}
