"use client";

/** The last net: the layout itself failed, so nothing of it can be used here. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body style={{ fontFamily: "system-ui, sans-serif", display: "grid", placeItems: "center", minHeight: "100vh", margin: 0 }}>
        <main style={{ textAlign: "center", padding: 24 }}>
          <h1 style={{ fontSize: 20 }}>This page could not be shown</h1>
          <p>The server may be starting or its database may be away. Nothing was lost.</p>
          {error.digest ? <p style={{ fontSize: 12 }}>Reference {error.digest}</p> : null}
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
