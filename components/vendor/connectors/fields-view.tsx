import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import type { TrialField } from "#server/domains/connectors/trial";

/** `first_name` → `First name`. */
const titleOf = (path: string): string => {
  const words = (path.split(".").at(-1) ?? path)
    .replace(/[_-]+/g, " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
};

/** Lines to put into the manifest for what it does not declare. */
const suggestion = (fields: readonly TrialField[]): string =>
  fields
    .map(({ path, found }) => `- { path: ${JSON.stringify(path)}, type: ${found ?? "string"}, title: ${JSON.stringify(titleOf(path))} }`)
    .join("\n");

/** Fields as declared and as found on a page, and what could be declared besides. */
export function FieldsView({ fields, count }: { fields: readonly TrialField[]; count: number }) {
  const besides = fields.filter(({ declared }) => declared === null);
  return (
    <div className="flex flex-col gap-5">
      <Table label="Fields">
        <THead>
          <tr>
            <TH>Path</TH>
            <TH>Declared</TH>
            <TH>Found</TH>
            <TH>Example</TH>
            <TH numeric>Filled</TH>
          </tr>
        </THead>
        <TBody>
          {fields.map(({ path, declared, found, example, filled }) => (
            <TR key={path}>
              <TD>
                <code>{path}</code>
              </TD>
              <TD>{declared ?? <Badge tone="warning">not declared</Badge>}</TD>
              <TD>{found ?? <span className="text-subtle">not on this page</span>}</TD>
              <TD className="max-w-64 truncate text-secondary">{example}</TD>
              <TD numeric>
                {filled}/{count}
              </TD>
            </TR>
          ))}
        </TBody>
      </Table>
      {besides.length > 0 ? (
        <div>
          <p className="mb-1.5 font-medium text-sm">The answer holds more. To declare it, add:</p>
          <CodeBlock code={suggestion(besides)} label="fields to add" />
        </div>
      ) : null}
    </div>
  );
}
