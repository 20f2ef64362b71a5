import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { unsubscribeResponse } from "#server/rest/unsubscribe";
import type { OutgoingMail } from "#server/runtime/mailer";
import { sayIn } from "#server/words/messages";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, insert, memberCtx, type Scene } from "#tests/support/world";
import { createLink } from "../connect-links/create-link";
import { openLink } from "../connect-links/open-link";
import { purgeOld } from "../retention/purge-old";
import { getDigest, setDigest } from "./digest-rhythm";
import { letterOf } from "./letter";
import { previewLetters } from "./preview-letters";
import { sendDigests } from "./send-digests";
import { sendDueMails } from "./send-due-mails";
import { tellEndpointsOff } from "./tell-endpoints-off";
import { tellReauth } from "./tell-reauth";
import { unsubscribe, unsubscribeUrl } from "./unsubscribe";

let owner: postgres.Sql;
let web: Deps;
let worker: Deps;
let scene: Scene;
let sent: OutgoingMail[];
/** Whether the mail server takes anything. */
let takes: boolean;

usingDatabase((opened) => {
  ({ owner, web } = opened);
  worker = {
    ...opened.worker,
    mailer: async (mail) => {
      if (!takes) throw new Error("451 try again later");
      sent.push(mail);
    },
  };
});
beforeEach(async () => {
  await owner`delete from mails`;
  await owner`update connections set status = 'active'`;
  scene = await createScene(owner, { name: "Acme & Söhne" });
  await owner`update environments set branding = '{"accent":"#0f766e","logoUrl":"https://acme.example/logo.png","replyTo":"help@acme.example","senderName":"Acme Support"}' where id = ${scene.environment}`;
  sent = [];
  takes = true;
});

const linkIn = (text: string) => new URL(/https?:\/\/\S+#lnk_\S+/.exec(text)?.[0] ?? "no link");
const open = (url: URL) => openLink(web, { publishableKey: scene.publishableKey, token: url.hash.slice(1) });

test("a link goes to who administers the account, in the vendor's name and the customer's language; its words are not kept", async () => {
  const ctx = { ...customerCtx(web, scene), reader: { language: "de" as const, own: {} } };
  const { url } = await createLink(ctx, { integrationId: scene.integration, email: "admin@globex.example" });
  expect(JSON.stringify(await owner`select * from mails`)).not.toContain("lnk_");
  expect(await sendDueMails(worker)).toBe(1);
  expect(await sendDueMails(worker)).toBe(0);
  expect(sent).toMatchObject([{ to: "admin@globex.example", fromName: "Acme Support", replyTo: "help@acme.example" }]);
  const [mail] = sent;
  expect(mail?.subject).toMatch(/bittet Sie, HubSpot zu verbinden/);
  expect(linkIn(mail?.text ?? "").href).toBe(url);
  expect(mail?.html).toContain("Acme &amp; Söhne");
  expect(mail?.html).toContain("background:#0f766e");
  expect(await open(linkIn(mail?.text ?? ""))).toMatchObject({ integrationId: scene.integration });
  expect(JSON.stringify(await owner`select * from mails`)).not.toContain("lnk_");
});

test("a mail server that is away loses nothing; a worker that died with a mail in hand is no end of it", async () => {
  await createLink(customerCtx(web, scene), { integrationId: scene.integration, email: "admin@globex.example" });
  takes = false;
  expect(await sendDueMails(worker)).toBe(0);
  expect(await sendDueMails(worker)).toBe(0); // not before its time
  expect((await owner`select attempts, due_at > now() as later from mails`)[0]).toEqual({ attempts: 1, later: true });
  takes = true;
  await owner`update mails set due_at = now() - interval '1 second'`;
  const both = await Promise.all([sendDueMails(worker), sendDueMails(worker)]);
  expect([both[0] + both[1], sent.length]).toEqual([1, 1]);
});

test("whose access has ended is told once, with a link that connects that account again; who gave no address is not", async () => {
  await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
  await insert(owner, "credentials", {
    id: newId("credential"),
    environment_id: scene.environment,
    customer_id: scene.customer,
    connection_id: scene.connection,
    secret: "v1.x.x.x",
    key_id: "t1",
    version: 3,
  });
  expect(await tellReauth(worker)).toBe(0);
  await owner`update customers set email = 'ops@globex.example' where id = ${scene.customer}`;
  expect([await tellReauth(worker), await tellReauth(worker)]).toEqual([1, 0]);
  expect(await sendDueMails(worker)).toBe(1);
  expect(sent[0]?.subject).toBe("HubSpot has to be connected again");
  expect(await open(linkIn(sent[0]?.text ?? ""))).toMatchObject({ connectionId: scene.connection });
  expect(await tellReauth(worker)).toBe(0);
});

test("a day later nobody is told again, and what a mail server would not take is still to be sent; a sign-in link of yesterday is gone", async () => {
  await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
  await owner`update customers set email = 'ops@globex.example' where id = ${scene.customer}`;
  await insert(owner, "credentials", {
    ...{ id: newId("credential"), environment_id: scene.environment, customer_id: scene.customer, connection_id: scene.connection },
    ...{ secret: "v1.x.x.x", key_id: "t1", version: 3 },
  });
  await tellReauth(worker);
  await createLink(customerCtx(web, scene), { integrationId: scene.integration, email: "admin@globex.example" });
  expect(
    await sendDueMails({ ...worker, mailer: async (mail) => (mail.to.startsWith("ops") ? undefined : Promise.reject(new Error("451"))) }),
  ).toBe(1);
  await insert(owner, "mails", { recipient: "a", subject: "sign in", body: "c" });
  await owner`update mails set created_at = now() - interval '2 days'`;
  await owner`delete from connect_links`;
  await purgeOld(worker, { pauseMs: 0 });
  expect((await owner`select recipient from mails order by 1`).map(({ recipient }) => recipient)).toEqual([
    "admin@globex.example",
    "ops@globex.example",
  ]);
  expect(await tellReauth(worker)).toBe(0);
});

test("nobody floods others through us", async () => {
  const ask = () => createLink(customerCtx(web, scene), { integrationId: scene.integration, email: "victim@elsewhere.example" });
  for (let n = 0; n < 10; n++) await ask();
  await expect(ask()).rejects.toMatchObject({ code: "quota_exceeded" });
});

test("A-54: what comes from outside stays text, in the letter and in its head", () => {
  const bad = `<img src=x onerror=alert(1)>"\r\nBcc: all@example.com`;
  const { subject, html } = letterOf(
    sayIn("ar"),
    { vendorName: bad, accent: "red;} body{background:url(//evil)}", logoUrl: "javascript:alert(1)" },
    { subject: bad, text: bad, action: bad, foot: bad, url: `https://x.example/"><script>` },
  );
  expect(subject).not.toMatch(/[\r\n]/);
  expect(html).not.toMatch(/<img|<script|javascript:|url\(/);
  expect(html).toContain('dir="rtl"');
});

const lettersTo = (to: string) => sent.filter((mail) => mail.to === to);

test("owners and admins are told when an endpoint was switched off, once; not when the team did it itself", async () => {
  const [{ email }] = (await owner`select email from members where id = ${scene.member}`) as unknown as [{ email: string }];
  await insert(owner, "members", { id: newId("member"), vendor_id: scene.vendor, email: "dev@acme.example", role: "developer" });
  await owner`update webhook_endpoints set status = 'disabled', disabled_cause = 'team', disabled_at = now()`;
  expect(await tellEndpointsOff(worker)).toBe(0);
  await owner`update webhook_endpoints set disabled_cause = 'failing', disabled_reason = 'Every delivery failed for five days.' where id = ${scene.endpoint}`;
  expect([await tellEndpointsOff(worker), await tellEndpointsOff(worker)]).toEqual([1, 0]);
  await sendDueMails(worker);
  expect(lettersTo(email)).toMatchObject([{ subject: expect.stringMatching(/^Webhooks to .* were switched off$/), unsubscribeUrl: null }]);
  expect(sent).toHaveLength(1);
  await owner`update webhook_endpoints set disabled_at = now() + interval '1 second' where id = ${scene.endpoint}`;
  expect(await tellEndpointsOff(worker)).toBe(1); // switched on, and off again
});

test("members hear each week how their customers fare, when there is something to say, until one click ends it", async () => {
  await owner`delete from members where id <> ${scene.member}`;
  await owner`update members set created_at = now() - interval '8 days', digest_at = null, digest = null`;
  const [{ email }] = (await owner`select email from members`) as unknown as [{ email: string }];
  await owner`update runs set started_at = now() - interval '1 day' where id = ${scene.run}`;
  await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
  expect([await sendDigests(worker), await sendDigests(worker)]).toEqual([1, 0]);
  await sendDueMails(worker);
  const [letter] = lettersTo(email);
  expect(letter?.subject).toBe("1 customer needs attention this week");
  expect(letter?.text).toMatch(/0 of 1 connected customer/);
  expect(letter?.text).toContain("1 customer has something to do themselves");
  expect(letter?.text).toContain("3 records were synced");
  expect(letter?.html).toContain("/customers?state=reauth");

  const token = new URL(letter!.unsubscribeUrl!).searchParams.get("token")!;
  const again = () => owner`update members set digest_at = now() - interval '8 days'`;
  await owner`delete from mails`;
  await again();
  expect(await sendDigests(worker)).toBe(1);
  await expect(unsubscribe(web, { token: `${token.slice(0, -3)}AAA` })).rejects.toMatchObject({ code: "not_found" });
  await unsubscribe(web, { token });
  await again();
  expect(await sendDigests(worker)).toBe(0);

  await owner`update members set digest = 'daily', digest_at = now() - interval '2 days'`;
  await owner`update customers set internal = true`; // the vendor's own trials are no customers
  expect(await sendDigests(worker)).toBe(0);
  expect((await owner`select digest_at > now() - interval '1 minute' as looked from members`)[0]).toEqual({ looked: true });
});

test("a member chooses for themselves; a mail program that only looks at the link ends nothing, its button does", async () => {
  const ctx = { ...memberCtx(web, scene), actor: { ...memberCtx(web, scene).actor, memberId: scene.member } };
  expect(await getDigest(ctx)).toEqual({ rhythm: "weekly" });
  await setDigest(ctx, { rhythm: "daily" });
  const url = unsubscribeUrl(web, scene.member);
  const call = async (method: string, address = url) => (await unsubscribeResponse(web, new Request(address, { method }))).status;
  expect([await call("GET"), await getDigest(ctx)]).toEqual([200, { rhythm: "daily" }]);
  expect(await call("POST", `${url}x.x`)).toBe(404);
  expect([await call("POST"), await getDigest(ctx)]).toEqual([200, { rhythm: "off" }]);
});

test("every letter is shown as it is sent: in the customer's language, the vendor's look and name", async () => {
  const letters = await previewLetters(memberCtx(web, scene), { language: "ar" });
  expect(letters.map(({ kind, from }) => [kind, from])).toEqual([
    ["invite", "Acme Support"],
    ["reauth", "Acme Support"],
    ["endpointOff", null],
    ["digest", null],
  ]);
  expect(letters[0]?.html).toContain('dir="rtl"');
  expect(letters[1]?.html).toContain("background:#0f766e");
  expect(letters[3]?.text).toContain("2,318,406 records were synced");
});
