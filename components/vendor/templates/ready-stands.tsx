import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Tile } from "#components/ui/tile.tsx";
import type { Place } from "#components/vendor/templates/ready-words";
import type { ReadyStandView, ReadyTemplateItem } from "#server/domains/templates/list-ready-templates";

type LineProps = { stand: ReadyStandView; name: string; isChosen: boolean; onChoose: () => void; isOpen: boolean };

function Line({ stand, name, isChosen, onChoose, isOpen }: LineProps) {
  return (
    <div className="flex items-center pe-2 has-checked:bg-accent-soft sm:pe-3">
      <label className="flex min-h-12 min-w-0 flex-1 cursor-pointer items-center gap-3 py-2 ps-4 pe-2 text-sm sm:ps-5">
        <input type="radio" name="place" checked={isChosen} onChange={onChoose} className="size-4 shrink-0 accent-(--accent)" />
        <Tile src={stand.iconUrl} size={24} />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2">
            <span className={isOpen ? "font-medium text-secondary" : "font-medium"}>{name}</span>
            <Badge>{stand.side}</Badge>
          </span>
          <span className="block text-secondary text-xs">{stand.streams.map(({ label }) => label).join(", ")}</span>
        </span>
      </label>
      {isOpen ? (
        <Button asChild size="sm" variant="ghost">
          <Link href={`/connectors/${stand.connector}`} aria-label={`Add an integration of ${name}`}>
            <span className="sm:hidden">Add</span>
            <span className="max-sm:hidden">Add integration</span>
          </Link>
        </Button>
      ) : null}
    </div>
  );
}

type StandsProps = { item: ReadyTemplateItem; place: Place | null; onPlace: (place: Place) => void };

/** The integrations on which it can be taken over; then the connectors of which there is none yet, to look at. */
export function ReadyStands({ item, place, onPlace }: StandsProps) {
  const ours = item.stands.flatMap((stand) => stand.integrations.map((integration) => ({ stand, integration })));
  const open = item.stands.filter(({ integrations }) => integrations.length === 0);
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="Where it goes"
        description="Each side of the use case is a template of its own. Take one now, the others on theirs."
      />
      <fieldset className="divide-y divide-hairline">
        <legend className="sr-only">Where it goes</legend>
        {ours.map(({ stand, integration: { id, name } }) => (
          <Line
            key={id}
            stand={stand}
            name={name}
            isChosen={place !== null && "integrationId" in place && place.integrationId === id}
            onChoose={() => onPlace({ integrationId: id })}
            isOpen={false}
          />
        ))}
        {open.map((stand) => (
          <Line
            key={stand.connector}
            stand={stand}
            name={stand.connectorName}
            isChosen={place !== null && "connector" in place && place.connector === stand.connector}
            onChoose={() => onPlace({ connector: stand.connector })}
            isOpen
          />
        ))}
      </fieldset>
    </Card>
  );
}
