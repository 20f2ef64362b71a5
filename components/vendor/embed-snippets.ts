type Facts = { origin: string; publishableKey: string };

/** What a vendor's page needs; `session` asks the vendor's own backend. */
export const pageSnippet = ({ origin, publishableKey }: Facts) => `<div id="integrations"></div>
<script src="${origin}/v1/inlay.js"></script>
<script>
  Inlay.open({
    publishableKey: "${publishableKey}",
    mount: "#integrations",
    session: async () => {
      const response = await fetch("/inlay-session", { method: "POST" });
      return (await response.json()).token;
    },
    onEvent: (event) => console.log(event.type, event),
  });
</script>`;

/** What a vendor's backend answers to its own page, with the secret key it alone has. */
export const backendSnippet = ({ origin }: Facts) => `// POST /inlay-session, behind your own sign-in
const response = await fetch("${origin}/v1/embed-sessions", {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.INLAY_SECRET_KEY}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify({
    customer: { id: account.id, name: account.name },
    user: currentUser.email,
    origin: "https://app.example.com", // where this page lives; one of your allowed origins
  }),
});
const { token } = await response.json();
return Response.json({ token });`;

/** The same by hand, to try it. */
export const curlSnippet = ({ origin }: Facts) => `curl ${origin}/v1/embed-sessions \\
  -H "authorization: Bearer $INLAY_SECRET_KEY" \\
  -H "content-type: application/json" \\
  -d '{"customer":{"id":"globex","name":"Globex"},"origin":"https://app.example.com"}'`;
