import type { Metadata } from "next";
import { CustomerPage } from "#components/vendor/customer-page.tsx";
import type { CustomerId } from "#server/lib/ids";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Customer" };

export default async function Page({ params }: PageProps<"/customers/[customerId]">) {
  const customerId = (await params).customerId as CustomerId;
  return (
    <Prefetched
      ask={(trpc, caller) => [
        { queryKey: trpc.customers.get.queryKey({ customerId }), answer: () => caller.customers.get({ customerId }) },
      ]}
    >
      <CustomerPage customerId={customerId} />
    </Prefetched>
  );
}
