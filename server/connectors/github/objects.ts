import { fieldList } from "../field-list";
import { selection } from "../selection";

type Listed = ReturnType<typeof fieldList>;
const graphql = { type: "graphql" as const };
const ask = (query: string, variables: Record<string, unknown>) => ({
  method: "POST" as const,
  path: "/graphql",
  body: { query, variables: variables as never },
  protocol: graphql,
});

/** What hangs on each repository: a connection of GraphQL, the repository named by its node id. */
export const ofRepository = (type: string, connection: string, { fields, sample }: Listed, chosen: string, filter: string) => {
  const { protocol: _graphql, ...list } = ask(
    `query($repository: ID!, $first: Int!, $after: String${filter === "" ? "" : ", $filter: IssueFilters"}) { node(id: $repository) { ... on Repository { ${connection}(first: $first, after: $after${filter}, orderBy: { field: UPDATED_AT, direction: ASC }) { nodes { ${chosen} } pageInfo { hasNextPage endCursor } } } } }`,
    { repository: "{parent}" },
  );
  return {
    each: "repository",
    // A node id names an object on all of GitHub: https://docs.github.com/en/graphql/guides/using-global-node-ids (2026-11-22).
    unique: true,
    list,
    protocol: graphql,
    pagination: {
      type: "cursor" as const,
      next: `data.node.${connection}.pageInfo.endCursor`,
      place: { in: "body" as const, name: "variables.after" },
      limit: { place: { in: "body" as const, name: "variables.first" }, value: 50 },
      stop: { more: `data.node.${connection}.pageInfo.hasNextPage` },
    },
    records: `data.node.${connection}.nodes`,
    id: "id",
    updatedAt: "updatedAt",
    one: {
      request: ask(`query($id: ID!) { node(id: $id) { ... on ${type} { ${chosen} } } }`, { id: "{id}" }),
      record: "data.node",
      none: [{ status: 200, path: "errors.0.type", equals: "NOT_FOUND" }],
    },
    fields,
    sample,
  };
};

export const REPOSITORY =
  fieldList(`node_id ID = R_sample0001 | id:number Number = 100001 | full_name Full name = northwind-sample/shop-0001 | name Name = shop-0001
  owner.login Owner = northwind-sample | private:boolean Private = true | description Description = A sample | html_url Web address
  language Language = TypeScript | default_branch Default branch = main | archived:boolean Archived = false | fork:boolean Fork = false
  open_issues_count:number Open issues = 3 | stargazers_count:number Stars = 0 | topics:array Topics = [] | visibility Visibility = private
  created_at:datetime Created = 2026-01-05T09:00:00Z | updated_at:datetime Updated = 2026-10-09T08:53:20Z | pushed_at:datetime Last push = 2026-10-09T08:53:20Z`);
const COMMON = `number:number Number = 12 | title Title = The sample mug leaks | body Text = It drips. | state State = OPEN | url Web address
  author.login Author = ada-sample | repository.id Repository ID = R_sample0001 | repository.nameWithOwner Repository = northwind-sample/shop
  createdAt:datetime Created = 2026-10-08T09:00:00Z | updatedAt:datetime Updated = 2026-10-09T08:53:20Z | closedAt:datetime Closed
  labels.nodes:array Labels = [{"name":"bug"}] | assignees.nodes:array Assigned to = [{"login":"ada-sample"}] | comments.totalCount:number Comments = 1`;
const LISTS = { labels: "(first: 20)", "labels.nodes": " { name }", assignees: "(first: 10)", "assignees.nodes": " { login }" };
export const ISSUE = fieldList(`id ID = I_sample0001 | ${COMMON} | stateReason Reason | milestone.title Milestone`);
export const ISSUE_WRITE = fieldList(`repositoryId!+ Repository ID | title!* Title | body* Text | state* State | labelIds:array* Label IDs
  assigneeIds:array* IDs of assignees | milestoneId* Milestone ID`);
export const PULL =
  fieldList(`id ID = PR_sample0001 | ${COMMON} | isDraft:boolean Draft = false | merged:boolean Merged = false | mergedAt:datetime Merged at
  baseRefName Into = main | headRefName From = fix-mug | additions:number Lines added = 4 | deletions:number Lines removed = 1
  reviewDecision Review = APPROVED`);
export const PULL_WRITE = fieldList(`repositoryId!+ Repository ID | title!* Title | body* Text | baseRefName!* Into | headRefName!+ From
  draft:boolean+ Draft | labelIds:array^ Label IDs | assigneeIds:array^ IDs of assignees | milestoneId^ Milestone ID | state^ State`);
export const REPOSITORY_WRITE = fieldList(`name!* Name | visibility!+ Visibility | description* Description | homepageUrl* Web address
  ownerId+ ID of the owner | hasIssuesEnabled:boolean* Has issues | hasWikiEnabled:boolean* Has a wiki`);
export const ISSUES = selection(ISSUE.fields, LISTS);
export const PULLS = selection(PULL.fields, LISTS);

export const write = (verb: "create" | "update", [type, record, chosen]: [string, string, string], input: Record<string, unknown>) => ({
  request: ask(
    `mutation($input: ${verb === "create" ? "Create" : "Update"}${type}Input!) { payload: ${verb}${type}(input: $input) { ${record} { ${chosen} } } }`,
    { input },
  ),
  id: `data.payload.${record}.id`,
});
export const recorded = (verb: "create" | "update", [type, record, chosen]: [string, string, string], input: Record<string, unknown>) => ({
  ...write(verb, [type, record, chosen], input),
  record: `data.payload.${record}`,
});
export const IN_ISSUE: [string, string, string] = ["Issue", "issue", ISSUES];
export const IN_PULL: [string, string, string] = ["PullRequest", "pullRequest", PULLS];
// Repositories are read by REST, whose names are other ones.
export const IN_REPOSITORY: [string, string, string] = ["Repository", "repository", "id"];
