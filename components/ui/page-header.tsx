import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

type PageHeaderProps = {
  title: ReactNode;
  /** One sentence of state. */
  description?: ReactNode;
  actions?: ReactNode;
  back?: { href: string; label: string };
  icon?: ReactNode;
};

/** Title, one sentence of state under it, the primary action at the end. */
export function PageHeader({ title, description, actions, back, icon }: PageHeaderProps) {
  return (
    <header className="mb-6">
      {back ? (
        <Link
          href={back.href}
          className="mb-2 -ms-1 inline-flex items-center gap-0.5 rounded-sm text-secondary text-sm hover:text-foreground"
        >
          <ChevronLeft aria-hidden="true" className="size-4 stroke-[1.75] rtl:rotate-180" />
          {back.label}
        </Link>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 items-start gap-3">
          {icon}
          <div className="min-w-0">
            <h1 className="break-words font-semibold text-xl tracking-[-0.012em]">{title}</h1>
            {description ? <div className="mt-1 max-w-[72ch] break-words text-base text-secondary">{description}</div> : null}
          </div>
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}

export function Section({
  title,
  description,
  actions,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mt-8 first:mt-0">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2 className="font-semibold text-base">{title}</h2>
          {description ? <p className="mt-0.5 max-w-[68ch] text-pretty text-secondary text-sm">{description}</p> : null}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
