import type { Metadata } from "next";
import { CustomerPage } from "#components/vendor/customer-page.tsx";

export const metadata: Metadata = { title: "Customer" };

export default async function Page({ params }: PageProps<"/customers/[customerId]">) {
  return <CustomerPage customerId={(await params).customerId} />;
}
