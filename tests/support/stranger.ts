import type { ManifestInput } from "#server/runtime/manifest";

type Parts = Omit<ManifestInput, "key" | "name" | "tagline" | "description" | "categories" | "docs">;

export const strangerFile = (name: string, rest: Parts): ManifestInput => ({
  key: `x-${name.toLowerCase().replaceAll(" ", "-")}`,
  name,
  tagline: `Records of ${name}`,
  description: `Reads and writes records of ${name}.`,
  categories: ["Operations"],
  docs: [{ title: "API", url: "https://docs.stranger.example/", readAt: "2026-11-21" }],
  ...rest,
});

export const HOST = { key: "host", title: "Host", example: "erp.kontor.example", pattern: "[a-z0-9-]+(?:\\.[a-z0-9-]+)+" };

export const hostAndUser = {
  basic: {
    type: "api_key" as const,
    title: "User and password",
    fields: [HOST, { key: "user", title: "User", example: "lina" }, { key: "password", title: "Password", secret: true }],
    basic: { username: "{user}", password: "{password}" },
  },
};
