import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

/** Joins class names; of two that fight over one property the last wins. */
export const cn = (...values: ClassValue[]) => twMerge(clsx(values));
