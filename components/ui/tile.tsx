import { cn } from "#components/cn";

/** A connector's mark on a rounded tile. The picture says nothing the name beside it does not, so it is hidden from readers. */
export function Tile({ src, size = 32, className }: { src: string; size?: 24 | 32 | 40; className?: string }) {
  return (
    // biome-ignore lint/performance/noImgElement: small static SVGs, nothing to optimise
    <img
      src={src}
      alt=""
      width={size}
      height={size}
      className={cn("shrink-0 rounded-md border border-hairline bg-white object-contain", className)}
      style={{ width: size, height: size }}
    />
  );
}
