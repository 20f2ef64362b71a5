import type { Metadata } from "next";
import { customersInput, isShownState } from "#components/vendor/customers-input";
import { CustomersPage } from "#components/vendor/customers-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Customers" };

export default async function Page({ searchParams }: PageProps<"/customers">) {
  const { state } = await searchParams;
  const filter = isShownState(state) ? state : "all";
  const input = customersInput({ search: "", state: filter, sort: "urgent" });
  return (
    <Prefetched
      ask={(trpc, caller) => [
        { queryKey: trpc.customers.list.infiniteQueryKey(input), answer: () => caller.customers.list(input), pages: true },
      ]}
    >
      <CustomersPage key={filter} state={filter} />
    </Prefetched>
  );
}
