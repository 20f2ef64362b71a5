/** Wall clocks of time zones. Zone rules are the runtime's (IANA); everything else is own code, so that it reads the same everywhere. */

const QUARTER = 900_000;
const CACHE_LIMIT = 20_000;

export type Zone = { /** Minutes east of UTC at a moment (ms since 1970). */ offsetAt(ms: number): number };

const FIXED = /^([+-])(\d{2}):?(\d{2})$/;

function fixedZone(minutes: number): Zone {
  return { offsetAt: () => minutes };
}

function namedZone(name: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offset = (ms: number) => {
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(ms)) part[type] = value;
    const year = part["era"] === "BC" ? 1 - Number(part["year"]) : Number(part["year"]);
    const wall = new Date(0);
    wall.setUTCFullYear(year, Number(part["month"]) - 1, Number(part["day"]));
    wall.setUTCHours(Number(part["hour"]), Number(part["minute"]), Number(part["second"]));
    return Math.round((wall.getTime() - ms) / 60_000);
  };
  // Clocks change at quarters of an hour; asking Intl costs a hundred times a look-up.
  const known = new Map<number, number>();
  return {
    offsetAt(ms) {
      const quarter = Math.floor(ms / QUARTER);
      const found = known.get(quarter);
      if (found !== undefined) return found;
      if (known.size >= CACHE_LIMIT) known.clear();
      const minutes = offset(quarter * QUARTER);
      known.set(quarter, minutes);
      return minutes;
    },
  };
}

const zones = new Map<string, Zone>();

/** A zone by IANA name, `UTC` or a fixed offset (`+02:00`). Throws RangeError for anything else. */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const fixed = FIXED.exec(name);
  let zone: Zone;
  if (name === "UTC" || name === "Z") zone = fixedZone(0);
  else if (fixed) zone = fixedZone((fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])));
  else {
    try {
      zone = namedZone(name);
    } catch {
      throw new RangeError(`"${name}" is not a time zone; give its name, for example Europe/Berlin, or an offset such as +02:00`);
    }
  }
  if (zones.size > 600) zones.clear();
  zones.set(name, zone);
  return zone;
}

/** The moment at which clocks in the zone show `wall` (as if it were UTC). Shown twice: the earlier. Never shown: as much later as the gap is long. */
export function momentOf(wall: number, zone: Zone): number {
  const before = zone.offsetAt(wall - 86_400_000);
  const after = zone.offsetAt(wall + 86_400_000);
  const early = wall - before * 60_000;
  if (zone.offsetAt(early) === before) return early;
  const late = wall - after * 60_000;
  return zone.offsetAt(late) === after ? late : early;
}
