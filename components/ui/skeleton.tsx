import { cn } from "#components/cn";

/** A quiet block where something will be; appears only after 150 ms so that fast answers do not flash. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn("block h-3.5 animate-appear rounded-sm bg-pressed", className)} />;
}

const WIDTHS = ["w-40", "w-28", "w-20", "w-16", "w-24", "w-14"];

/** Rows of a table that is on its way, in its final height. */
export function SkeletonRows({ rows = 6, columns }: { rows?: number; columns: number }) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
    <tr key={row} className="h-10">
      {Array.from({ length: columns }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells without identity
        <td key={column} className="px-3 first:ps-4 sm:first:ps-5">
          <Skeleton className={WIDTHS[(row + column) % WIDTHS.length] ?? "w-20"} />
        </td>
      ))}
    </tr>
  ));
}

/** A whole table that is on its way; never wider than its place. */
export function SkeletonTable({ rows, columns }: { rows: number; columns: number }) {
  return (
    <div className="overflow-hidden" aria-hidden="true">
      <table className="w-full">
        <tbody>
          <SkeletonRows rows={rows} columns={columns} />
        </tbody>
      </table>
    </div>
  );
}
