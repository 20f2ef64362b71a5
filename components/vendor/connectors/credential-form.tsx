"use client";

import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useViewer } from "#components/vendor/viewer-context.tsx";
import type { SetUp } from "#server/domains/connectors/set-up";

export type Credential = {
  authKey: string;
  fields: Record<string, string>;
  accessToken: string;
  clientId: string;
  clientSecret: string;
  sandboxOrigin: string;
};

export const emptyCredential = (setUp: SetUp): Credential => ({
  authKey: setUp.auth[0]?.key ?? "",
  fields: {},
  accessToken: "",
  clientId: "",
  clientSecret: "",
  sandboxOrigin: "",
});

/** What was filled in; what was not is left out. */
export function toSend({ authKey, fields, ...rest }: Credential) {
  const filled = (texts: Record<string, string>) => Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ""));
  return { authKey, fields: filled(fields), ...filled(rest) };
}

type Props = { setUp: SetUp; value: Credential; onChange: (credential: Credential) => void };

/** A credential for tries: the questions of the connect form, or a token had elsewhere. */
export function CredentialForm({ setUp, value, onChange }: Props) {
  const { environment } = useViewer();
  const method = setUp.auth.find(({ key }) => key === value.authKey);
  const set = (changes: Partial<Credential>) => onChange({ ...value, ...changes });
  const text = (label: string, key: "accessToken" | "clientId" | "clientSecret" | "sandboxOrigin", hint: string, secret: boolean) => (
    <Field label={label} hint={hint} optional={key !== "accessToken"}>
      <Input
        type={secret ? "password" : "text"}
        autoComplete="off"
        value={value[key]}
        onChange={(event) => set({ [key]: event.target.value })}
      />
    </Field>
  );
  return (
    <>
      {setUp.auth.length > 1 ? (
        <Field label="Way to connect">
          <Select
            value={value.authKey}
            onChange={(authKey) => set({ authKey, fields: {} })}
            options={setUp.auth.map(({ key, title }) => ({ value: key, label: title }))}
          />
        </Field>
      ) : null}
      {(method?.fields ?? []).map((field) => (
        <Field key={field.key} label={field.title} hint={field.help ?? undefined} optional={!field.required}>
          {field.options ? (
            <Select
              value={value.fields[field.key]}
              onChange={(chosen) => set({ fields: { ...value.fields, [field.key]: chosen } })}
              options={field.options.map((option) => ({ value: option.value, label: option.title }))}
            />
          ) : (
            <Input
              type={field.secret ? "password" : "text"}
              autoComplete="off"
              placeholder={field.example ?? ""}
              value={value.fields[field.key] ?? ""}
              onChange={(event) => set({ fields: { ...value.fields, [field.key]: event.target.value } })}
            />
          )}
        </Field>
      ))}
      {method?.type === "oauth2_code" ? text("Access token", "accessToken", "Had elsewhere, for these tries.", true) : null}
      {method?.type === "oauth2_client" && method.needs.id ? text("Client id", "clientId", "Of your app there.", false) : null}
      {method?.type === "oauth2_client" && method.needs.secret ? text("Client secret", "clientSecret", "Of your app there.", true) : null}
      {environment.kind === "test"
        ? text("Stand-in", "sandboxOrigin", "An origin that plays every host of the file: http://127.0.0.1:4700", false)
        : null}
    </>
  );
}
