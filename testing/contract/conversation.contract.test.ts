import { describe, expect, it } from "vitest";
import { thread as threadSchema } from "../../domain/src/message.ts";
import { expectedActivity, expectedMessage, expectedSummary, inOrder, threadOf, threadOrder } from "./expected.ts";
import { MANY_MESSAGES, MANY_NOTES } from "./fixture-messages.ts";
import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import type { Rows } from "./rows.ts";
import { shapeProblems } from "./shape.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.5, GET messages and GET chat-messages, and the references of 1.8. */

const { world, get } = useWorld();

const NO_SESSION = "Session not found or access denied";
const NO_CONTACT = "Contact not found";
const NO_MESSAGE = "Message not found";
const EMPTY = { success: true, messages: [], sessionSummaries: [], activities: [], hasMore: false };
const NOTES_SHOWN = 20;

type Thread = { messages: { id: string }[]; sessionSummaries: { id: string; authorName: string }[]; activities: { id: string }[]; hasMore: boolean };

const idsOf = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);
const messageIds = (isWanted: (row: Rows["whatsapp_messages"][number]) => boolean): string[] => {
  const { rows } = world();
  const own = new Set(rows.whatsapp_sessions.filter(({ tenantId }) => tenantId === TENANT.alpha).map(({ sessionId }) => sessionId));
  return idsOf(threadOrder(rows.whatsapp_messages.filter((row) => own.has(row.sessionId) && isWanted(row))));
};

/** Every way to name a contact, with the contact it means (contract 1.8). */
const REFERENCES: readonly (readonly [what: string, reference: string, contact: keyof typeof CONTACT])[] = [
  ["its id", CONTACT.thread, "thread"],
  ["an id that is a UUID, which a chatbot contact has too", CONTACT.uuid, "uuid"],
  ["an id that is another contact's number", CONTACT.digits, "digits"],
  ["a chatbot contact's id", CHATBOT.plain, "plain"],
  ["a chatbot contact of three contacts: the one with the newest message", CHATBOT.twins, "twinNewer"],
  ["the id of the user with its number", USER.operator, "plain"],
  ["its phone address", "15550001002@s.whatsapp.net", "thread"],
  ["its phone address with a device", "15550001002:17@s.whatsapp.net", "thread"],
  ["its phone address in upper case", "15550001002@S.WhatsApp.Net", "thread"],
  ["its phone address as @c.us", "15550001002@c.us", "thread"],
  ["its phone address as @C.US with a device", "15550001002:3@C.US", "thread"],
  ["its lid", "70000000000002@lid", "thread"],
  ["its lid with a device", "70000000000002:5@lid", "thread"],
  ["its lid in upper case", "70000000000002@LID", "thread"],
  ["the lid of a contact without a number", "70000000000003@lid", "lidOnly"],
  ["a group's address", "120363000000000004@g.us", "group"],
  ["an old group's address", "15550001005-1600000000@G.US", "oldGroup"],
  ["its number", "15550001002", "thread"],
  ["its number with a plus", "%2B15550001002", "thread"],
];

/** Known, but without a conversation: an empty thread. */
const SILENT: readonly (readonly [what: string, reference: string])[] = [
  ["a chatbot contact nobody is linked to", CHATBOT.lonely],
  ["a user whose number no contact has", USER.quiet],
  ["a user without a number", USER.phoneless],
  ["an unknown phone address", "15557777777@s.whatsapp.net"],
  ["an unknown lid", "79999999999999@lid"],
  ["the number of a contact as a lid", "15550001002@lid"],
  ["the digits of a lid as a number", "70000000000003@s.whatsapp.net"],
  ["an unknown group", "120363999999999999@g.us"],
  ["an unknown number", "15557777777"],
  ["the end of a known number", "50001002"],
  ["the beginning of a known number", "1555000100"],
  ["a number of 6 digits", "123456"],
  ["a number of 15 digits", "123456789012345"],
];

const NOBODY: readonly (readonly [what: string, reference: string])[] = [
  ["an unknown id", "cnosuchcontact00000000000"],
  ["a contact of another tenant", CONTACT.foreign],
  ["a chatbot contact of another tenant", CHATBOT.foreign],
  ["a user of another tenant", USER.foreign],
  ["a number of 5 digits", "12345"],
  ["a number of 16 digits", "1234567890123456"],
  ["a number with a space", "1555%200001002"],
  ["two pluses", "%2B%2B15550001002"],
  ["a phone address of 5 digits", "12345@s.whatsapp.net"],
  ["a phone address with a plus", "%2B15550001002@s.whatsapp.net"],
  ["a status broadcast", "status@broadcast"],
  ["a newsletter", "120363000000000004@newsletter"],
  ["a broadcast list", "15550001002@broadcast"],
  ["an address without a user", "@s.whatsapp.net"],
  ["another server", "15550001002@example.com"],
  ["something of a thousand characters", "x".repeat(1_000)],
];

describe.each(SYSTEMS)("%s", (system) => {
  describe.each(["/api/whatsapp/chat-messages", "/api/whatsapp/messages"])("GET %s", (path) => {
    const ask = async (query: string): Promise<Thread> => bodyOf(await get(system, `${path}${query}`)) as Thread;
    const fail = (query: string) => get(system, `${path}${query}`);

    it("answers a thread oldest first, each field as the table says", async () => {
      const { rows } = world();
      const body = await ask(`?contactId=${CONTACT.thread}`);
      expect(shapeProblems(threadSchema, body)).toEqual([]);
      const wanted = threadOf("thread", rows);
      expect(idsOf(body.messages)).toEqual(idsOf(wanted));
      expect(body.messages).toEqual(wanted.map((row) => expectedMessage(row, rows)));
      expect(body).toMatchObject({ success: true, hasMore: false, sessionSummaries: [], activities: [] });
    });

    it.each(REFERENCES)("finds a contact by %s", async (_, reference, contact) => {
      const { rows } = world();
      const [named, direct] = [await ask(`?contactId=${reference}`), await ask(`?contactId=${CONTACT[contact]}`)];
      expect(idsOf(named.messages)).toEqual(idsOf(threadOf(contact, rows)));
      expect(named).toEqual(direct);
    });

    it.each(SILENT)("answers an empty thread for %s", async (_, reference) => {
      expect(await ask(`?contactId=${reference}`)).toEqual(EMPTY);
    });

    it.each(NOBODY)("answers 404 for %s", async (_, reference) => {
      expect(await fail(`?contactId=${reference}`)).toFailWith(404, NO_CONTACT);
    });

    it("keeps to one session when asked", async () => {
      const { rows } = world();
      for (const sessionId of [SESSION.live, SESSION.stopped, SESSION.dead]) {
        const wanted = threadOf("thread", rows).filter((row) => row.sessionId === sessionId);
        expect(idsOf((await ask(`?contactId=${CONTACT.thread}&sessionId=${sessionId}`)).messages)).toEqual(idsOf(wanted));
      }
      for (const sessionId of [SESSION.absent, SESSION.foreign, "a%20b"]) {
        expect(await fail(`?contactId=${CONTACT.thread}&sessionId=${sessionId}`)).toFailWith(404, NO_SESSION);
      }
    });

    it.each(["PENDING", "SENT", "DELIVERED", "READ", "FAILED"] as const)("keeps to status %s", async (status) => {
      const { rows } = world();
      const wanted = threadOf("thread", rows).filter((row) => row.status === status);
      const body = await ask(`?contactId=${CONTACT.thread}&status=${status}`);
      expect(wanted.length).toBeGreaterThan(0);
      expect(idsOf(body.messages)).toEqual(idsOf(wanted));
    });

    it("takes status=all as no filter, and nothing else but a status", async () => {
      expect(await ask(`?contactId=${CONTACT.thread}&status=all`)).toEqual(await ask(`?contactId=${CONTACT.thread}`));
      for (const status of ["pending", "ALL", "UNREAD", "PENDING,READ", "0"]) {
        expect(await fail(`?contactId=${CONTACT.thread}&status=${status}`)).toFailWith(400, "status is invalid");
      }
    });

    it("answers the newest `limit`, still oldest first, and says whether there are older ones", async () => {
      const wanted = messageIds(({ whatsappContactId }) => whatsappContactId === CONTACT.thread);
      for (const limit of [1, 3, wanted.length - 1]) {
        const body = await ask(`?contactId=${CONTACT.thread}&limit=${limit}`);
        expect([idsOf(body.messages), body.hasMore]).toEqual([wanted.slice(-limit), true]);
      }
      const all = await ask(`?contactId=${CONTACT.thread}&limit=${wanted.length}`);
      expect([idsOf(all.messages), all.hasMore]).toEqual([wanted, false]);
    });

    it.each(["", "0", "-1", "abc", "1.5", "2e1", "0x2", "2abc"])("takes limit=%s as 100", async (limit) => {
      const wanted = messageIds(({ whatsappContactId }) => whatsappContactId === CONTACT.many);
      const body = await ask(`?contactId=${CONTACT.many}&limit=${limit}`);
      expect([idsOf(body.messages), body.hasMore]).toEqual([wanted.slice(-100), true]);
    });

    it("answers 100 by default and 500 at most", async () => {
      const wanted = messageIds(({ whatsappContactId }) => whatsappContactId === CONTACT.many);
      expect(wanted).toHaveLength(MANY_MESSAGES);
      expect(idsOf((await ask(`?contactId=${CONTACT.many}`)).messages)).toEqual(wanted.slice(-100));
      for (const limit of ["500", "501", "99999999999999999999"]) {
        const body = await ask(`?contactId=${CONTACT.many}&limit=${limit}`);
        expect([limit, idsOf(body.messages), body.hasMore]).toEqual([limit, wanted.slice(-500), true]);
      }
    });

    it("pages backwards with `before`, through ties, without gap or repetition", async () => {
      const wanted = messageIds(({ whatsappContactId }) => whatsappContactId === CONTACT.many);
      let pages: string[] = [];
      let hasMore = true;
      for (let page = 0; hasMore && page < 5; page += 1) {
        const body = await ask(`?contactId=${CONTACT.many}&limit=200${pages[0] === undefined ? "" : `&before=${pages[0]}`}`);
        pages = [...idsOf(body.messages), ...pages];
        hasMore = body.hasMore;
      }
      expect(pages).toEqual(wanted);
    });

    it("takes any message of the tenant as `before`, by its place in time", async () => {
      const thread = messageIds(({ whatsappContactId }) => whatsappContactId === CONTACT.thread);
      const ask2 = async (before: string): Promise<string[]> => idsOf((await ask(`?contactId=${CONTACT.thread}&before=${before}`)).messages);
      expect(await ask2("m04tie")).toEqual(thread.slice(0, thread.indexOf("m04tie")));
      expect(await ask2("m01stopped")).toEqual([]);
      expect(await ask2("m31plain")).toEqual(thread.filter((id) => id < "m21pending"));
      expect(await ask2("m30orphan")).toEqual(thread);
    });

    it.each(["nosuchmessage", "m40foreign", "WA-m04tie", "a%20b"])("answers 404 for before=%s", async (before) => {
      expect(await fail(`?contactId=${CONTACT.thread}&before=${before}`)).toFailWith(404, NO_MESSAGE);
    });

    it("names only users of the tenant as senders", async () => {
      const { messages } = await ask(`?contactId=${CONTACT.thread}`);
      const users = new Map((messages as unknown as { id: string; users: unknown }[]).map(({ id, users: user }) => [id, user]));
      expect(users.get("m03tie")).toEqual({ id: USER.admin, name: "Admin One", email: `${USER.admin}@users.example` });
      expect(users.get("m15sent")).toEqual({ id: USER.operator, name: null, email: "operator@alpha.example" });
      for (const id of ["m13buttons", "m17gone", "m18foreign", "m19device", "m01stopped"]) expect([id, users.get(id)]).toEqual([id, null]);
    });

    it("shows the newest 20 summaries and notes of the contact with their authors, oldest first", async () => {
      const { rows } = world();
      const body = await ask(`?contactId=${CONTACT.noted}`);
      expect(shapeProblems(threadSchema, body)).toEqual([]);
      const summaries = inOrder(
        rows.crm_session_summaries.filter(({ contactId }) => contactId === CONTACT.noted),
        ({ date }) => date,
        "ascending",
      );
      const notes = inOrder(
        rows.crm_activities.filter(({ contactId, type }) => contactId === CONTACT.noted && type === "note"),
        ({ createdAt }) => createdAt,
        "ascending",
      );
      expect([summaries.length, notes.length]).toEqual([MANY_NOTES, MANY_NOTES]);
      expect(body.sessionSummaries).toEqual(summaries.slice(-NOTES_SHOWN).map((row) => expectedSummary(row, rows)));
      expect(body.activities).toEqual(notes.slice(-NOTES_SHOWN).map((row) => expectedActivity(row, rows)));
      expect(new Set(body.sessionSummaries.map(({ authorName }) => authorName))).toEqual(new Set(["Admin One", "operator@alpha.example", "System"]));
    });

    it("shows every field of a summary and a note, whatever page or status is asked for", async () => {
      const { rows } = world();
      const summaries = rows.crm_session_summaries.filter(({ contactId }) => contactId === CONTACT.plain).map((row) => expectedSummary(row, rows));
      const activities = rows.crm_activities.filter(({ contactId }) => contactId === CONTACT.plain).map((row) => expectedActivity(row, rows));
      for (const query of ["", "&limit=1", "&status=FAILED", `&sessionId=${SESSION.stopped}`]) {
        const body = await ask(`?contactId=${CONTACT.plain}${query}`);
        expect({ sessionSummaries: body.sessionSummaries, activities: body.activities }).toEqual({ sessionSummaries: summaries, activities });
      }
    });

    it("is the same for the role user", async () => {
      const target = `${path}?contactId=${CONTACT.thread}`;
      expect((await get(system, target, { as: CLAIMS.operator })).text).toBe((await get(system, target)).text);
    });

    it("answers the other tenant about its own contact of the same number", async () => {
      const body = bodyOf(await get(system, `${path}?contactId=15550001001`, { as: CLAIMS.foreign })) as Thread;
      expect([idsOf(body.messages), idsOf(body.sessionSummaries), idsOf(body.activities)]).toEqual([["m40foreign"], ["sforeign"], ["aforeign"]]);
      expect(await get(system, `${path}?contactId=${CONTACT.thread}`, { as: CLAIMS.foreign })).toFailWith(404, NO_CONTACT);
    });
  });

  describe("GET messages", () => {
    const ask = async (query: string): Promise<Thread> => bodyOf(await get(system, `/api/whatsapp/messages${query}`)) as Thread;

    it("answers all of the tenant without a contact and a session, and no notes", async () => {
      const wanted = messageIds(() => true);
      const body = await ask("");
      expect(shapeProblems(threadSchema, body)).toEqual([]);
      expect([idsOf(body.messages), body.hasMore, body.sessionSummaries, body.activities]).toEqual([wanted.slice(-100), true, [], []]);
    });

    it("answers the delegation feed: what waits, over all sessions", async () => {
      const wanted = messageIds(({ status }) => status === "PENDING");
      const body = await ask("?status=PENDING&limit=50");
      expect([idsOf(body.messages), body.hasMore]).toEqual([wanted, false]);
      expect(wanted).toContain("m30orphan");
    });

    it("answers all of a session, also what belongs to no contact", async () => {
      const wanted = messageIds(({ sessionId }) => sessionId === SESSION.live);
      expect(idsOf((await ask(`?sessionId=${SESSION.live}&limit=500`)).messages)).toEqual(wanted.slice(-500));
      expect(idsOf((await ask(`?sessionId=${SESSION.stopped}`)).messages)).toEqual(["m01stopped"]);
      expect(await ask(`?sessionId=${SESSION.connecting}`)).toEqual(EMPTY);
      for (const sessionId of [SESSION.absent, SESSION.foreign]) {
        expect(await get(system, `/api/whatsapp/messages?sessionId=${sessionId}`)).toFailWith(404, NO_SESSION);
      }
    });

    it.each([
      ["a phone address", "15550001002:9@s.whatsapp.net"],
      ["@c.us", "15550001002@c.us"],
      ["a lid", "70000000000002@lid"],
      ["a number", "%2B15550001002"],
    ])("finds a contact by jid: %s", async (_, jid) => {
      expect(await ask(`?jid=${jid}`)).toEqual(await ask(`?contactId=${CONTACT.thread}`));
    });

    it("answers an empty thread for a well-formed jid nobody has", async () => {
      for (const jid of ["15557777777@s.whatsapp.net", "79999999999999@lid", "120363999999999999@g.us", "15557777777"])
        expect(await ask(`?jid=${jid}`)).toEqual(EMPTY);
    });

    it.each(["nope", CONTACT.thread, CHATBOT.plain, USER.operator, "status@broadcast", "1@newsletter", "12345", "12345@s.whatsapp.net", "@g.us"])(
      "takes no other reference as jid: %s",
      async (jid) => {
        expect(await get(system, `/api/whatsapp/messages?jid=${jid}`)).toFailWith(400, "jid is invalid");
      },
    );

    it("does not use jid beside contactId", async () => {
      expect(await ask(`?contactId=${CONTACT.thread}&jid=15550001001@s.whatsapp.net`)).toEqual(await ask(`?contactId=${CONTACT.thread}`));
    });

    it("names all problems in the order of the table", async () => {
      const details = ["jid is invalid", "status is invalid"];
      const wanted = { error: "jid is invalid", details };
      expect(await get(system, "/api/whatsapp/messages?jid=nope&status=NEW")).toFailWith(400, wanted);
      expect(await get(system, "/api/whatsapp/messages?status=NEW&jid=nope")).toFailWith(400, wanted);
    });

    it("pages through the tenant", async () => {
      const wanted = messageIds(() => true);
      const newest = await ask("?limit=7");
      const older = await ask(`?limit=7&before=${newest.messages[0]?.id}`);
      expect([...idsOf(older.messages), ...idsOf(newest.messages)]).toEqual(wanted.slice(-14));
    });
  });

  describe("GET chat-messages", () => {
    it("requires contactId, also beside a jid", async () => {
      expect(await get(system, "/api/whatsapp/chat-messages")).toFailWith(400, "contactId is required");
      expect(await get(system, "/api/whatsapp/chat-messages?jid=15550001002@s.whatsapp.net")).toFailWith(400, "contactId is required");
      expect(await get(system, `/api/whatsapp/chat-messages?sessionId=${SESSION.live}&limit=3`)).toFailWith(400, "contactId is required");
    });

    it("names all problems in the order of the table", async () => {
      const wanted = { error: "contactId is required", details: ["contactId is required", "status is invalid"] };
      expect(await get(system, "/api/whatsapp/chat-messages?status=NEW")).toFailWith(400, wanted);
    });
  });
});
