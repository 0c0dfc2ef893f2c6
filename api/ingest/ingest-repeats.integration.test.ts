import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { createIngestClient, type IngestClient } from "../testing/ingest-client.ts";
import { seedSession, seedTenants } from "../testing/seed.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";

const PHONES = ["15550100001@s.whatsapp.net", "15550100002@s.whatsapp.net"];
const LIDS = ["771@lid", "772@lid"];
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString();

let db: TestDatabase;
let api: TestApi;
let ingest: IngestClient;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
  ingest = await createIngestClient(api);
  await seedTenants(api.database);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

type Report = { readonly path: string; readonly sessionId: string; readonly items: readonly object[] };

/** Pairs never contradict each other: then older evidence, repeated, would be the newest. */
const person = fc.nat(1).chain((index) => {
  const [pn, lid] = [PHONES[index] ?? "", LIDS[index] ?? ""];
  return fc.constantFrom(
    { remoteJid: pn, remoteJidAlt: null },
    { remoteJid: lid, remoteJidAlt: null },
    { remoteJid: lid, remoteJidAlt: pn },
    { remoteJid: pn, remoteJidAlt: lid },
  );
});
const messageId = fc.constantFrom("A", "B", "C", "D", "E");
const sessionId = fc.constantFrom("s1", "s2");
const second = fc.nat(30);

/** A message is told the same way each time, but for what WhatsApp may only say later: who it is from. */
function inbound(id: string, session: string, address: { remoteJid: string; remoteJidAlt: string | null }): object {
  const number = id.charCodeAt(0) + session.charCodeAt(1);
  const fromMe = number % 2 === 0;
  return {
    messageId: id + address.remoteJid.slice(0, 3),
    ...address,
    fromMe,
    timestamp: at(number % 30),
    source: "live",
    messageType: "TEXT",
    content: id,
    pushName: fromMe ? null : "Somebody",
  };
}

const report: fc.Arbitrary<Report> = fc.oneof(
  fc
    .record({
      path: fc.constant("messages"),
      sessionId,
      items: fc.array(fc.tuple(messageId, person), { minLength: 1, maxLength: 4 }).map((list) => list.map(([id, address]) => ({ id, address }))),
    })
    .map(({ path, sessionId: session, items }) => ({
      path,
      sessionId: session,
      items: items.map(({ id, address }) => inbound(id, session, address)),
    })),
  fc.record({
    path: fc.constant("messages/status"),
    sessionId,
    items: fc.array(
      fc.record({
        messageId: fc.constantFrom("A155", "B771", "C772"),
        status: fc.constantFrom("SENT", "DELIVERED", "READ", "FAILED"),
        at: second.map(at),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({
    path: fc.constant("messages/changes"),
    sessionId,
    items: fc.array(
      fc.record({
        messageId: fc.constantFrom("A155", "B771", "C772"),
        kind: fc.constantFrom("reaction", "edit"),
        actorJid: fc.constantFrom(...PHONES),
        emoji: fc.constantFrom("👍", null),
        content: fc.constant("edited"),
        at: second.map(at),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({
    path: fc.constant("contacts"),
    sessionId,
    items: person.map(({ remoteJid, remoteJidAlt }) => [
      {
        jid: remoteJid,
        lid: remoteJidAlt?.endsWith("@lid") ? remoteJidAlt : null,
        pn: remoteJidAlt?.endsWith("@lid") ? null : remoteJidAlt,
        name: null,
      },
    ]),
  }),
);

/** What statuses and changes are about: a report of a message nobody knows is skipped, and is none of a repeat's business. */
const FIRST: Report[] = ["s1", "s2"].map((session) => ({
  path: "messages",
  sessionId: session,
  items: [
    ["A", PHONES[0]],
    ["B", LIDS[0]],
    ["C", LIDS[1]],
  ].map(([id = "", remoteJid = ""]) => inbound(id, session, { remoteJid, remoteJidAlt: null })),
}));

async function stateAfter(reports: readonly Report[]) {
  const { database } = api;
  await database.whatsAppSession.deleteMany();
  await database.whatsAppContact.deleteMany();
  await database.chatbotContact.deleteMany();
  for (const id of ["s1", "s2"]) await seedSession(database, { sessionId: id });
  for (const { path, sessionId: session, items } of reports) await ingest.batch(path, session, items);
  const contacts = await database.whatsAppContact.findMany({ orderBy: { jid: "asc" }, include: { chatbotContact: true } });
  const messages = await database.whatsAppMessage.findMany({
    orderBy: [{ sessionId: "asc" }, { messageId: "asc" }],
    include: { whatsappContact: true },
  });
  const addresses = contacts.flatMap(({ pn, lid }) => [pn, lid]).filter((address) => address !== null);
  expect(new Set(addresses).size).toBe(addresses.length);
  return {
    contacts: contacts.map(({ jid, pn, lid, name, unreadCount, lastMessageAt, sessionId: session, phoneNumber, chatbotContact }) => ({
      jid,
      pn,
      lid,
      name,
      unreadCount,
      lastMessageAt,
      session,
      phoneNumber,
      chatbot: chatbotContact?.phone,
    })),
    messages: messages.map(
      ({ sessionId: session, messageId: id, remoteJid, content, status, deliveredAt, readAt, errorMessage, metadata, whatsappContact }) => ({
        session,
        id,
        remoteJid,
        content,
        status,
        deliveredAt,
        readAt,
        errorMessage,
        metadata,
        contact: whatsappContact?.jid,
      }),
    ),
  };
}

it("any reports end in the same rows, whichever earlier ones come again in between, and nobody is there twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(report, { maxLength: 8 }), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }), async (later, repeats) => {
      const reports = [...FIRST, ...later];
      const mixed = reports.flatMap((each, index) => [
        each,
        ...repeats.filter(([place]) => place % reports.length === index).map(([, which]) => reports[which % (index + 1)] ?? each),
      ]);
      expect(await stateAfter(mixed)).toEqual(await stateAfter(reports));
    }),
    { numRuns: 8 },
  );
}, 120_000);
