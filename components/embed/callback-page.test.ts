import { describe, expect, it } from "vitest";
import { sayIn } from "#server/words/messages";
import { callbackPage } from "./callback-page";

const page = (rest: Partial<Parameters<typeof callbackPage>[0]>) =>
  callbackPage({ status: "failed", look: null, nonce: "n0nce", say: sayIn("en"), proof: null, ...rest });
const proof = { ticket: "tkt_1", customerName: "Globex", handOver: true };

describe("the page a sign-in window ends on", () => {
  it("A-54: escapes what the vendor, the integration and the customer are called", () => {
    const look = { vendorName: "<b>Acme</b>", integrationName: "Hub\"Spot'", accent: "red;}" };
    const html = page({ status: "returned", look, proof: { ...proof, customerName: "<i>Globex</i>" } });
    expect(html).not.toContain("<b>Acme");
    expect(html).not.toContain("<i>Globex");
    expect(html).toContain("&lt;b&gt;Acme&lt;/b&gt;");
    expect(html).toContain("Hub&quot;Spot&#39;");
    expect(html).not.toContain("red;}");
  });

  it("takes the code out of the address at once and closes only what ended well", () => {
    for (const status of ["returned", "confirmed", "untaken", "denied", "failed", "expired", "unknown", "broken"] as const) {
      expect(page({ status })).toContain('history.replaceState(null,"",location.pathname)');
    }
    expect(page({ status: "confirmed" })).toContain("window.close()");
    expect(page({ status: "unknown" })).not.toContain("window.close()");
  });

  it("does not say that it goes on where nobody has taken it up", () => {
    const untaken = page({ status: "untaken" });
    expect(untaken).toContain("nothing is connected yet");
    expect(untaken).toContain("press Connect again");
    expect(untaken).not.toContain("window.close()");
  });

  it("leaves its ticket to the frame that opened it, and asks the person by name where that does not come", () => {
    const popup = page({ status: "returned", proof });
    expect(popup).toContain('name="ticket" value="tkt_1"');
    expect(popup).toContain("to Globex?");
    expect(popup).toContain('<form method="post">');
    expect(popup).toContain('visibility="hidden"');
    expect(popup).not.toContain("postMessage");
    expect(page({ status: "returned", proof: { ...proof, handOver: false } })).not.toContain("visibility");
  });

  it("writes on the vendor's colour in black or white, whichever can be read", () => {
    const button = (accent: string) =>
      /button\{background:[^}]*\}/.exec(page({ look: { vendorName: "Acme", integrationName: "HubSpot", accent } }))?.[0];
    expect(button("#FFE066")).toBe("button{background:#FFE066;color:#000000}");
    expect(button("#0f766e")).toBe("button{background:#0f766e;color:#ffffff}");
    expect(button("red")).toBe("button{background:#475467;color:#ffffff}");
  });

  it("loads nothing from anywhere", () => {
    expect(page({})).not.toMatch(/(?:src|href)="(?!data:,)/);
  });

  it("speaks the language of the person and runs in its direction", () => {
    expect(page({ status: "denied", say: sayIn("ar") })).toContain('<html lang="ar" dir="rtl">');
    expect(page({ status: "denied", say: sayIn("de") })).toContain("Der Zugriff wurde nicht erlaubt");
  });
});
