import { describe, expect, it } from "vitest";
import {
  count,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPast,
  formatPlanned,
  formatRelative,
  formatSpan,
  timeLeft,
} from "./format";

describe("words for numbers", () => {
  it("promises no more of the time left than it knows", () => {
    expect(timeLeft(2)).toBe("a few seconds left");
    expect(timeLeft(19)).toBe("about 20 s left");
    expect(timeLeft(200)).toBe("about 3 min left");
  });
  it("groups thousands and agrees in number", () => {
    expect(formatNumber(10_000)).toBe("10,000");
    expect(count(1, "record")).toBe("1 record");
    expect(count(0, "record")).toBe("0 records");
    expect(count(2, "entry", "entries")).toBe("2 entries");
  });
  it("says spans with their units", () => {
    expect(formatDuration(12)).toBe("12 ms");
    expect(formatDuration(1_500)).toBe("1.5 s");
    expect(formatDuration(59_000)).toBe("59 s");
    expect(formatDuration(200_000)).toBe("3 min 20 s");
    expect(formatDuration(7_500_000)).toBe("2 h 5 min");
    expect(formatSpan(200_000, "en-US")).toBe(formatDuration(200_000));
    expect(formatSpan(7_500_000, "en-US")).toBe(formatDuration(7_500_000));
    expect(formatSpan(200_000, "de")).toBe("3 Min. 20 Sek.");
  });
  it("says sizes", () => {
    expect(formatBytes(640)).toBe("640 B");
    expect(formatBytes(12_400)).toBe("12.4 kB");
  });
  it("tells the past from the future", () => {
    const now = Date.UTC(2026, 0, 2);
    expect(formatRelative(new Date(now - 2_000), now)).toBe("just now");
    expect(formatRelative(new Date(now - 180_000), now)).toBe("3 min ago");
    expect(formatRelative(new Date(now + 40_000), now)).toBe("in 40 s");
    expect(formatRelative(new Date(now - 7_300_000), now)).toBe("2 h ago");
    expect(formatRelative(new Date(now - 86_400_000 * 3), now)).toBe("3 days ago");
  });
  it("never says that what has happened lies ahead, nor that what is planned is over", () => {
    const now = Date.UTC(2026, 0, 2);
    expect(formatPast(new Date(now + 8_000), now)).toBe("just now");
    expect(formatPast(new Date(now - 180_000), now)).toBe("3 min ago");
    expect(formatPlanned(new Date(now - 40_000), now)).toBe("any moment");
    expect(formatPlanned(new Date(now + 40_000), now)).toBe("in 40 s");
  });
});
