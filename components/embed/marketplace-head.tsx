import { useNavigation } from "./navigation.tsx";

/** The vendor's mark above the list of all; further in, the integration's own stands there. */
export function MarketplaceHead({ logoUrl }: { logoUrl: string | null }) {
  const { screen } = useNavigation();
  if (!logoUrl || screen.name !== "marketplace") return null;
  // biome-ignore lint/performance/noImgElement: a small image from wherever the vendor keeps it
  return <img src={logoUrl} alt="" className="mb-4 h-7 w-auto max-w-48 object-contain object-[left_center] rtl:object-[right_center]" />;
}
