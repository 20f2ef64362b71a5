import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Tile } from "#components/ui/tile.tsx";
import type { ReadyStandView, ReadyTemplateItem } from "#server/domains/templates/list-ready-templates";

type Chosen = { integrationId: string | null; onChoose: (integrationId: string) => void };

function Integration({
  stand,
  integration,
  integrationId,
  onChoose,
}: Chosen & { stand: ReadyStandView; integration: { id: string; name: string } }) {
  return (
    <label className="flex min-h-12 cursor-pointer items-center gap-3 px-4 py-2 text-sm has-checked:bg-accent-soft has-focus-visible:bg-hover sm:px-5">
      <input
        type="radio"
        name="integration"
        checked={integrationId === integration.id}
        onChange={() => onChoose(integration.id)}
        className="size-4 shrink-0 accent-(--accent)"
      />
      <Place stand={stand} name={integration.name} />
    </label>
  );
}

function Place({ stand, name }: { stand: ReadyStandView; name: string }) {
  return (
    <>
      <Tile src={stand.iconUrl} size={24} />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{name}</span>
          <Badge>{stand.side}</Badge>
        </span>
        <span className="block text-secondary text-xs">{stand.streams.map(({ label }) => label).join(", ")}</span>
      </span>
    </>
  );
}

/** The integrations on which it can be taken over; then the connectors of which there is none yet. */
export function ReadyStands({ item, ...chosen }: Chosen & { item: ReadyTemplateItem }) {
  const open = item.stands.filter(({ integrations }) => integrations.length === 0);
  const places = item.stands.flatMap((stand) => stand.integrations.map((integration) => ({ stand, integration })));
  return (
    <Card>
      <CardHeader
        title="Where it goes"
        description="Each side of the use case is a template of its own. Take one now, and the others on their integrations."
      />
      <fieldset className="divide-y divide-hairline">
        <legend className="sr-only">Integration</legend>
        {places.map(({ stand, integration }) => (
          <Integration key={integration.id} stand={stand} integration={integration} {...chosen} />
        ))}
      </fieldset>
      {open.length > 0 ? (
        <ul className="divide-y divide-hairline border-hairline border-t first:border-t-0">
          {open.map((stand) => (
            <li key={stand.connector} className="flex min-h-12 items-center gap-3 px-4 py-2 text-sm sm:px-5">
              <span aria-hidden="true" className="size-4 shrink-0" />
              <Place stand={stand} name={stand.connectorName} />
              <Button asChild size="sm" variant="ghost">
                <Link href={`/connectors/${stand.connector}`} aria-label={`Add an integration of ${stand.connectorName}`}>
                  Add<span className="max-sm:hidden"> integration</span>
                </Link>
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}
