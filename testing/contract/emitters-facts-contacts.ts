import { connected, CREATED, known, LONG_NAME, owned, UPDATED, type Fact } from "./emitters-fact.ts";
import type { Stage } from "./emitters-stage.ts";
import { CHATBOT, USER } from "./ids.ts";

/** Contacts and groups. */

const participants = (...jids: readonly string[]) => jids.map((jid) => ({ jid, admin: false }));
const member = (index: number): string => `1555400${String(index).padStart(4, "0")}@s.whatsapp.net`;
const MANY = Array.from({ length: 120 }, (_each, index) => member(119 - index));
const groupOf =
  (...jids: readonly string[]) =>
  async (stage: Stage): Promise<void> => {
    await stage.session();
    const metadata = { participants: participants(...jids) };
    await stage.contact({ jid: stage.group, pn: null, phoneNumber: null, isGroup: true, name: "Family", metadata });
  };
const groups = (rest: object) => (stage: Stage) => stage.batch("groups", { jid: stage.group, ...rest });
export const CONTACT_FACTS = {
  "contact.created": [
    {
      what: "an address book's",
      given: connected,
      act: (stage) => stage.batch("contacts", { jid: stage.pn, lid: stage.lid, name: LONG_NAME }),
      told: [CREATED],
    },
    { what: "one with a LID alone", given: connected, act: (stage) => stage.batch("contacts", { jid: stage.lid }), told: [CREATED] },
  ],
  "contact.updated": [
    { what: "another name", given: known, act: (stage) => stage.batch("contacts", { jid: stage.pn, name: "Alicia" }), told: [UPDATED] },
    {
      what: "two that are one",
      given: async (stage) => {
        await known(stage);
        await stage.contact({
          id: `${stage.contactId}-lid`,
          jid: stage.lid,
          pn: null,
          lid: stage.lid,
          phoneNumber: null,
          name: null,
          unreadCount: 2,
        });
      },
      act: (stage) => stage.batch("contacts", { jid: stage.pn, lid: stage.lid }),
      told: [UPDATED],
    },
    {
      what: "an owner",
      given: known,
      act: ({ post, contactId }) => post(`contacts/${contactId}/assign`, { userId: USER.operator }),
      told: [UPDATED],
    },
    {
      what: "a link",
      given: known,
      act: ({ post, contactId }) => post("contacts/link", { whatsappContactId: contactId, targetType: "chatbot", targetId: CHATBOT.lonely }),
      told: [UPDATED],
    },
    {
      what: "a reading",
      given: async (stage) => [await stage.session(), await stage.contact({ unreadCount: 3 })],
      act: ({ post, contactId }) => post("contacts/mark-read", { contactId }),
      told: [UPDATED],
    },
    { what: "an opening", given: known, act: ({ post, contactId }) => post(`contacts/${contactId}/session/open`), told: [UPDATED] },
    {
      what: "a closing",
      given: owned,
      act: ({ post, contactId }) => post(`contacts/${contactId}/session/close`, { annotation: "done" }),
      told: [UPDATED],
    },
    {
      what: "a delegation to a person",
      given: async (stage) => [await stage.session(), await stage.contact(), await stage.message({ status: "PENDING" })],
      act: ({ post, pn, sessionId }) => post("delegate", { messageId: `emits-message-${sessionId.slice(-4)}`, jid: pn, action: "take-control" }),
      told: [UPDATED],
    },
  ],
  "group.updated": [
    {
      what: "a new group",
      given: connected,
      act: groups({ subject: "Family", participants: participants(member(1), member(2)) }),
      told: [CREATED, "group.updated"],
    },
    { what: "another subject", given: groupOf(member(1)), act: groups({ subject: LONG_NAME }), told: [UPDATED, "group.updated"] },
    {
      what: "other participants",
      given: groupOf(member(1)),
      act: groups({ participants: participants(member(2), member(3)) }),
      told: ["group.updated"],
    },
  ],
  "group.participants": [
    {
      what: "some added",
      given: groupOf(member(1)),
      act: groups({ action: "add", jids: [member(3), member(2)] }),
      told: ["group.updated", "group.participants"],
    },
    { what: "many added", given: groupOf(), act: groups({ action: "add", jids: MANY }), told: ["group.updated", "group.participants"] },
    {
      what: "one removed",
      given: groupOf(member(1), member(2)),
      act: groups({ action: "remove", jids: [member(1)] }),
      told: ["group.updated", "group.participants"],
    },
    {
      what: "one promoted",
      given: groupOf(member(1), member(2)),
      act: groups({ action: "promote", jids: [member(1)] }),
      told: ["group.updated", "group.participants"],
    },
    {
      what: "one demoted",
      given: async (stage) => {
        await stage.session();
        const metadata = { participants: [{ jid: member(1), admin: true }] };
        await stage.contact({ jid: stage.group, pn: null, phoneNumber: null, isGroup: true, name: "Family", metadata });
      },
      act: groups({ action: "demote", jids: [member(1)] }),
      told: ["group.updated", "group.participants"],
    },
  ],
} satisfies Record<string, readonly Fact[]>;
