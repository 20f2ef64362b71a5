/** A decimal number, exactly: `unscaled` × 10^-`scale`. */
export type Decimal = { unscaled: bigint; scale: number };

export const ROUNDING = ["half-up", "half-even", "up", "down"] as const;
export type Rounding = (typeof ROUNDING)[number];

const SHAPE = /^([-+]?)(\d{0,400})(?:\.(\d{0,400}))?(?:e([-+]?\d{1,3}))?$/i;

/** Reads a number or its plain text (`-12.50`, `1e3`) exactly; null when it is neither. */
export function parseDecimal(value: unknown): Decimal | null {
  const text = typeof value === "number" ? String(value) : typeof value === "string" && value.length <= 900 ? value.trim() : "";
  const found = SHAPE.exec(text);
  if (!found) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = found;
  if (whole === "" && fraction === "") return null;
  const unscaled = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 };
}

function quotient(value: bigint, divisor: bigint, mode: Rounding): bigint {
  const whole = value / divisor;
  const rest = value - whole * divisor;
  if (rest === 0n || mode === "down") return whole;
  const away = whole + (value < 0n ? -1n : 1n);
  if (mode === "up") return away;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice !== divisor) return twice > divisor ? away : whole;
  return mode === "half-up" || whole % 2n !== 0n ? away : whole;
}

/** With exactly so many digits behind the point (fewer than none rounds to tens). */
export function roundDecimal({ unscaled, scale }: Decimal, digits: number, mode: Rounding = "half-up"): Decimal {
  if (digits >= scale) return { unscaled: unscaled * 10n ** BigInt(digits - scale), scale: digits };
  const rounded = quotient(unscaled, 10n ** BigInt(scale - digits), mode);
  return digits >= 0 ? { unscaled: rounded, scale: digits } : { unscaled: rounded * 10n ** BigInt(-digits), scale: 0 };
}

/** Plain text: no exponent, no plus, at least one digit before the point, no minus on zero. */
export function decimalText({ unscaled, scale }: Decimal): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}

const [ZERO, NINE, DOT] = [48, 57, 46];

/** How many digits stand behind the point of a text that {@link decimalText} would write just so, and no minus before it; -1 for any other. */
function plainScale(text: string): number {
  const { length } = text;
  if (length === 0 || length > 40 || (text.charCodeAt(0) === ZERO && length > 1 && text.charCodeAt(1) !== DOT)) return -1;
  let point = -1;
  for (let at = 0; at < length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === DOT && point < 0 && at > 0 && at < length - 1) point = at;
    else if (sign < ZERO || sign > NINE) return -1;
  }
  return point < 0 ? 0 : length - point - 1;
}

/** The text of a plain decimal that has `digits` behind its point at the most, filled up to them; null for all that needs more thought. */
export function quickDecimal(value: unknown, digits: number | undefined): string | null {
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  const scale = plainScale(text);
  if (scale < 0) return null;
  if (digits === undefined || scale === digits) return text;
  return scale < digits ? `${text}${scale === 0 ? "." : ""}${"0".repeat(digits - scale)}` : null;
}
