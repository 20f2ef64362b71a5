import { defineConnector } from "#server/runtime/manifest";
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
const ofRepository = (type: string, connection: string, { fields, sample }: Listed, chosen: string, filter: string) => {
  const { protocol: _graphql, ...list } = ask(
    `query($repository: ID!, $first: Int!, $after: String${filter === "" ? "" : ", $filter: IssueFilters"}) { node(id: $repository) { ... on Repository { ${connection}(first: $first, after: $after${filter}, orderBy: { field: UPDATED_AT, direction: ASC }) { nodes { ${chosen} } pageInfo { hasNextPage endCursor } } } } }`,
    { repository: "{parent}" },
  );
  return {
    each: "repository",
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

const REPOSITORY =
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
const ISSUE = fieldList(`id ID = I_sample0001 | ${COMMON} | stateReason Reason | milestone.title Milestone`);
const ISSUE_WRITE = fieldList(`repositoryId!+ Repository ID | title!* Title | body* Text | state* State | labelIds:array* Label IDs
  assigneeIds:array* IDs of assignees | milestoneId* Milestone ID`);
const PULL =
  fieldList(`id ID = PR_sample0001 | ${COMMON} | isDraft:boolean Draft = false | merged:boolean Merged = false | mergedAt:datetime Merged at
  baseRefName Into = main | headRefName From = fix-mug | additions:number Lines added = 4 | deletions:number Lines removed = 1
  reviewDecision Review = APPROVED`);
const ISSUES = selection(ISSUE.fields, LISTS);

const issueWrite = (name: string, type: string, input: Record<string, unknown>) => ({
  request: ask(`mutation($input: ${type}!) { payload: ${name}(input: $input) { issue { ${ISSUES} } } }`, { input }),
  id: "data.payload.issue.id",
  record: "data.payload.issue",
});
const repositoryInput = [
  { key: "owner", title: "Owner", type: "string" as const, required: true, example: "northwind-sample" },
  { key: "repo", title: "Repository", type: "string" as const, required: true, example: "shop" },
];

export default defineConnector({
  key: "github",
  name: "GitHub",
  tagline: "Repositories, issues and pull requests",
  description: "Reads repositories, issues and pull requests from GitHub; makes and changes issues, and comments on them.",
  categories: ["Developer tools"],
  docs: [
    { title: "REST API", url: "https://docs.github.com/en/rest", readAt: "2026-11-21" },
    { title: "GraphQL API", url: "https://docs.github.com/en/graphql", readAt: "2026-11-21" },
    {
      title: "OAuth apps",
      url: "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
      readAt: "2026-11-21",
    },
    { title: "Webhooks", url: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "GitHub account",
      authorizeUrl: "https://github.com/login/oauth/authorize",
      tokenUrl: "https://github.com/login/oauth/access_token",
      tokenHeaders: { accept: "application/json" },
      scopes: [
        { scope: "read:user", reason: "See which account you connect" },
        { scope: "repo", reason: "See your repositories, public and private, and change their issues" },
      ],
      rotating: false,
      renew: { type: "never" },
      refusal: { grant: ["bad_verification_code", "bad_refresh_token"], client: ["incorrect_client_credentials", "redirect_uri_mismatch"] },
    },
    token: {
      type: "api_key",
      title: "Access token",
      headers: { authorization: "Bearer {token}" },
      fields: [
        {
          key: "token",
          title: "Personal access token",
          help: "A fine-grained token with read access to metadata and pull requests and write access to issues of the repositories to sync.",
          example: "github_pat_EXAMPLE00000000000000",
          pattern: "(?:gh[a-z]_|github_pat_)[A-Za-z0-9_]{16,250}",
          secret: true,
        },
      ],
    },
  },
  identify: { request: { path: "/user" }, accountId: "id", label: "{login}" },
  check: { path: "/user" },
  http: {
    baseUrl: "https://api.github.com",
    headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
    errorMessage: "message",
    errors: [
      { statuses: [403], path: "message", matches: "rate limit", code: "provider_rate_limited" },
      { path: "errors.0.type", equals: "RATE_LIMITED", code: "provider_rate_limited" },
      { path: "errors.0.type", equals: "FORBIDDEN", code: "insufficient_scope" },
      { path: "errors.0.type", equals: "INSUFFICIENT_SCOPES", code: "insufficient_scope" },
      { path: "errors.0.type", equals: "NOT_FOUND", code: "record_invalid" },
    ],
    rateLimit: {
      defaultWaitMs: 60_000,
      remaining: [{ header: "x-ratelimit-remaining", reset: { header: "x-ratelimit-reset", unit: "epoch_s" }, reserve: 50 }],
      concurrency: { account: 8 },
    },
  },
  pagination: { type: "link", limit: { place: { in: "query", name: "per_page" }, value: 100 } },
  objects: {
    repository: {
      title: "Repositories",
      list: { path: "/user/repos", query: { sort: "full_name" } },
      records: "$",
      id: "node_id",
      updatedAt: "updated_at",
      changes: { since: { in: "query", name: "since" }, format: "iso_s", inclusive: false, lookbackMs: 60_000, rereadMs: 86_400_000 },
      deletes: { by: "scan" },
      fields: REPOSITORY.fields,
      sample: REPOSITORY.sample,
    },
    issue: {
      title: "Issues",
      ...ofRepository("Issue", "issues", ISSUE, ISSUES, ", filterBy: $filter"),
      changes: { since: { in: "body", name: "variables.filter.since" }, format: "iso_s", inclusive: true, lookbackMs: 60_000 },
      writes: {
        create: issueWrite("createIssue", "CreateIssueInput", { "...": "{data}" }),
        update: issueWrite("updateIssue", "UpdateIssueInput", { "...": "{data}", id: "{id}" }),
        fields: ISSUE_WRITE.writable,
      },
    },
    // A repository's pull requests cannot be asked for by change.
    pull_request: { title: "Pull requests", ...ofRepository("PullRequest", "pullRequests", PULL, selection(PULL.fields, LISTS), "") },
  },
  actions: {
    comment: {
      title: "Comment",
      description: "Comments on an issue or a pull request.",
      kind: "action",
      input: [
        ...repositoryInput,
        { key: "number", title: "Number of the issue or pull request", type: "number", required: true, example: 12 },
        { key: "body", title: "Text", type: "string", required: true, maxLength: 65_536 },
      ],
      request: { method: "POST", path: "/repos/{owner}/{repo}/issues/{number}/comments", body: { body: "{body}" } },
      output: fieldList("id:number ID | html_url Web address | created_at:datetime Created").fields,
      sample: {
        input: { owner: "northwind-sample", repo: "shop", number: 12, body: "Looking into it." },
        answer: {
          id: 1,
          html_url: "https://github.com/northwind-sample/shop/issues/12#issuecomment-1",
          created_at: "2026-10-09T08:53:20Z",
        },
      },
    },
    find_labels: {
      title: "Labels of a repository",
      description: "The labels an issue of the repository may have, with the ids that writes want.",
      kind: "lookup",
      input: repositoryInput,
      request: { method: "GET", path: "/repos/{owner}/{repo}/labels", query: { per_page: "100" } },
      output: fieldList("node_id ID | name Name | description Description").fields,
      none: [{ status: 404 }],
      sample: {
        input: { owner: "northwind-sample", repo: "shop" },
        answer: [{ node_id: "LA_sample0001", name: "bug", description: null }],
      },
    },
  },
  webhooks: {
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    scope: "connection",
    verify: {
      type: "hmac",
      hash: "sha256",
      secret: "endpoint",
      signature: { in: "header", name: "x-hub-signature-256", prefix: "sha256=", encoding: "hex" },
    },
    dedupe: [{ in: "header", name: "x-github-delivery" }],
    events: {
      topic: { in: "header", name: "x-github-event" },
      objects: {
        issues: "issue",
        issue_comment: "issue",
        pull_request: "pull_request",
        pull_request_review: "pull_request",
        repository: "repository",
      },
      ids: {
        issue: { in: "body", name: "issue.node_id" },
        pull_request: { in: "body", name: "pull_request.node_id" },
        repository: { in: "body", name: "repository.node_id" },
      },
    },
  },
});
