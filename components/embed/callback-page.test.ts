import { describe, expect, it } from "vitest";
import { callbackPage } from "./callback-page";

describe("the page a sign-in window ends on", () => {
  it("escapes what the vendor and the integration are called", () => {
    const page = callbackPage("returned", { vendorName: "<b>Acme</b>", integrationName: "Hub\"Spot'", accent: "red;}" }, "n0nce");
    expect(page).not.toContain("<b>Acme");
    expect(page).toContain("&lt;b&gt;Acme&lt;/b&gt;");
    expect(page).toContain("Hub&quot;Spot&#39;");
    expect(page).not.toContain("red;}");
  });

  it("takes the code out of the address at once and closes only what ended well", () => {
    for (const status of ["returned", "denied", "failed", "expired", "unknown", "broken"] as const) {
      expect(callbackPage(status, null, "n")).toContain('history.replaceState(null,"",location.pathname)');
    }
    expect(callbackPage("returned", null, "n")).toContain("window.close()");
    expect(callbackPage("unknown", null, "n")).not.toContain("window.close()");
  });

  it("loads nothing from anywhere", () => {
    expect(callbackPage("failed", null, "n")).not.toMatch(/(?:src|href)="(?!data:,)/);
  });
});
