"use client";

import { Blocks, Handshake, type LucideIcon, Mail, Users } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { CUSTOMERS, type DemoCustomer } from "./customers";

const PLACES: { href: string; name: string; icon: LucideIcon }[] = [
  { href: "/demo/contacts", name: "Contacts", icon: Users },
  { href: "/demo/deals", name: "Deals", icon: Handshake },
  { href: "/demo", name: "Integrations", icon: Blocks },
  { href: "/demo/mail", name: "Mail", icon: Mail },
];

const Night = createContext(false);
/** Whether Acme is shown in its dark look; the marketplace follows. */
export const useNight = () => useContext(Night);

function useStoredNight() {
  const [night, setNight] = useState(false);
  useEffect(() => setNight(window.localStorage.getItem("acme-night") === "1"), []);
  const toggle = () => {
    window.localStorage.setItem("acme-night", night ? "0" : "1");
    setNight(!night);
  };
  return { night, toggle };
}

type AcmeShellProps = { title: string; below: ReactNode; customer: DemoCustomer; tools?: ReactNode; children: ReactNode };

/** Acme CRM's frame: navigation, whose account is looked at, and the page. */
export function AcmeShell({ title, below, customer, tools, children }: AcmeShellProps) {
  const path = usePathname();
  const router = useRouter();
  const { night, toggle } = useStoredNight();
  return (
    <div className="acme" data-night={night ? "" : undefined}>
      <aside className="acme-side">
        <div className="acme-brand">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="12" cy="12" r="12" fill="#f3c969" />
            <path
              d="M6.5 17.5 12 6l5.5 11.5M8.6 14h6.8"
              fill="none"
              stroke="#12352e"
              strokeWidth="2.2"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          Acme CRM
        </div>
        <nav aria-label="Acme CRM">
          <ul className="acme-nav">
            {PLACES.map(({ href, name, icon: Icon }) => (
              <li key={href}>
                <Link href={`${href}?customer=${customer.id}`} aria-current={path === href ? "page" : undefined}>
                  <Icon aria-hidden="true" />
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="acme-foot">
          <p className="acme-label">Signed in as a person of</p>
          <fieldset className="acme-switch" aria-label="Customer of Acme">
            {CUSTOMERS.map((one) => (
              <button
                key={one.id}
                type="button"
                aria-pressed={one.id === customer.id}
                onClick={() => router.push(`${path}?customer=${one.id}`)}
              >
                {one.name}
              </button>
            ))}
          </fieldset>
        </div>
      </aside>
      <main className="acme-main">
        <header className="acme-head">
          <div>
            <h1>{title}</h1>
            <p>{below}</p>
          </div>
          <div className="acme-tools">
            {tools}
            <button type="button" className="acme-button" aria-pressed={night} onClick={toggle}>
              {night ? "Light" : "Dark"}
            </button>
          </div>
        </header>
        <Night value={night}>{children}</Night>
      </main>
    </div>
  );
}
