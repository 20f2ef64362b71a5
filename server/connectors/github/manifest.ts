import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";
import {
  IN_ISSUE,
  IN_PULL,
  IN_REPOSITORY,
  ISSUE,
  ISSUE_WRITE,
  ISSUES,
  ofRepository,
  PULL,
  PULL_WRITE,
  PULLS,
  REPOSITORY,
  REPOSITORY_WRITE,
  recorded,
  write,
} from "./objects";

const repositoryInput = [
  { key: "owner", title: "Owner", type: "string" as const, required: true, example: "northwind-sample" },
  { key: "repo", title: "Repository", type: "string" as const, required: true, example: "shop" },
];

export default defineConnector({
  key: "github",
  name: "GitHub",
  tagline: "Repositories, issues and pull requests",
  description: "Reads repositories, issues and pull requests from GitHub; makes and changes all of them, and comments.",
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
        { scope: "repo", reason: "See your repositories, public and private, and change them, their issues and pull requests" },
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
          help: "A fine-grained token with read access to metadata and write access to issues and pull requests of the repositories to sync.",
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
      writes: {
        create: write("create", IN_REPOSITORY, { "...": "{data}" }),
        update: write("update", IN_REPOSITORY, { "...": "{data}", repositoryId: "{id}" }),
        fields: REPOSITORY_WRITE.writable,
      },
      fields: REPOSITORY.fields,
      sample: REPOSITORY.sample,
    },
    issue: {
      title: "Issues",
      ...ofRepository("Issue", "issues", ISSUE, ISSUES, ", filterBy: $filter"),
      changes: { since: { in: "body", name: "variables.filter.since" }, format: "iso_s", inclusive: true, lookbackMs: 60_000 },
      writes: {
        create: recorded("create", IN_ISSUE, { "...": "{data}" }),
        update: recorded("update", IN_ISSUE, { "...": "{data}", id: "{id}" }),
        fields: ISSUE_WRITE.writable,
      },
    },
    // A repository's pull requests cannot be asked for by change.
    pull_request: {
      title: "Pull requests",
      ...ofRepository("PullRequest", "pullRequests", PULL, PULLS, ""),
      writes: {
        create: recorded("create", IN_PULL, {
          ...Object.fromEntries(
            ["repositoryId", "title", "body", "baseRefName", "headRefName", "draft"].map((one) => [one, `{data.${one}}`]),
          ),
        }),
        update: recorded("update", IN_PULL, { "...": "{data}", pullRequestId: "{id}" }),
        fields: PULL_WRITE.writable,
      },
    },
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
