import type { ComponentProps, ReactNode } from "react";
import { cn } from "#components/cn";

/** The one raised surface. */
export function Card({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("rounded-lg border border-hairline bg-surface", className)} {...props} />;
}

export function CardBody({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("p-4 sm:p-5", className)} {...props} />;
}

export function CardHeader({
  title,
  description,
  actions,
  className,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  return (
    <div
      className={cn(
        "flex min-h-11 flex-wrap justify-between gap-x-4 gap-y-2 border-hairline border-b px-4 py-2.5 sm:px-5",
        description ? "items-start py-3" : "items-center",
        className,
      )}
    >
      <div className="min-w-0">
        <h2 className="font-semibold text-base leading-5">{title}</h2>
        {description ? <p className="mt-0.5 max-w-[68ch] text-pretty text-secondary text-sm">{description}</p> : null}
      </div>
      {actions ? <div className="flex items-center gap-2">{actions}</div> : null}
    </div>
  );
}

export function CardFooter({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("flex items-center justify-end gap-2 border-hairline border-t px-4 py-3 sm:px-5", className)} {...props} />;
}
