import type { Metadata } from "next";
import { NewModelPage } from "#components/vendor/models/model-editor.tsx";

export const metadata: Metadata = { title: "New model" };

export default function Page() {
  return <NewModelPage />;
}
