/** What an empty editor starts with: the least a connector can be. */
export const STARTER = `key: x-your-system
name: Your system
tagline: One line for your customers
description: What it reads, and what for.
categories: [Other]
docs:
  - { title: API, url: https://docs.example.com, readAt: "2026-01-01" }
auth:
  key:
    type: api_key
    title: API key
    fields:
      - { key: api_key, title: API key, secret: true }
    headers: { authorization: "Bearer {api_key}" }
identify: { request: { path: /me }, accountId: id, label: "{name}" }
check: { path: /me }
http:
  baseUrl: https://api.example.com/v1
  errorMessage: error.message
  rateLimit: { defaultWaitMs: 5000 }
pagination: { type: cursor, next: next_cursor, place: { in: query, name: cursor } }
objects:
  contact:
    title: Contacts
    list: { path: /contacts }
    records: data
    id: id
    updatedAt: updated_at
    fields:
      - { path: id, type: string, title: Id }
      - { path: email, type: string, title: E-mail }
    sample: { id: "1", email: a@example.com, updated_at: "2026-01-01T00:00:00Z" }
`;
