"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight, CircleAlert } from "lucide-react";
import Link from "next/link";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { CONSUMER_STATES, consumerAdvice } from "#components/vendor/consumer-words";

/** What keeps the vendor's own backend from hearing of changes, a line each; nothing when all is well. */
export function NoticeList() {
  const trpc = useVendor();
  const { data } = useQuery(trpc.notices.list.queryOptions(undefined, { refetchInterval: 30_000 }));
  if (!data || data.length === 0) return null;
  return (
    <Card>
      <CardHeader title="Your backend does not hear of changes" />
      <ul className="divide-y divide-hairline">
        {data.map((notice) => (
          <li
            key={notice.kind === "endpointOff" ? notice.id : notice.name}
            className="relative flex items-start gap-3 px-4 py-3 transition-colors hover:bg-hover sm:px-5"
          >
            <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-danger-text" />
            <div className="min-w-0 flex-1">
              <Link
                href={notice.kind === "endpointOff" ? "/webhooks" : "/consumers"}
                className="block truncate font-medium text-sm after:absolute after:inset-0"
              >
                {notice.kind === "endpointOff"
                  ? `Webhooks to ${URL.canParse(notice.url) ? new URL(notice.url).host : notice.url} were switched off`
                  : `Feed consumer ${notice.name}: ${CONSUMER_STATES[notice.state].word.toLowerCase()}`}
              </Link>
              <p className="text-secondary text-sm">
                {notice.kind === "endpointOff" ? notice.reason : consumerAdvice(notice)}{" "}
                {notice.kind === "endpointOff" && notice.at ? <RelativeTime date={notice.at} /> : null}
              </p>
            </div>
            <ChevronRight aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-subtle rtl:rotate-180" />
          </li>
        ))}
      </ul>
    </Card>
  );
}
