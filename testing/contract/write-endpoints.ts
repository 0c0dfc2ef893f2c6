import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";

/** Every JSON write of section 2 with a good request over the fixtures, the field tables of its parameters, and what it cannot find. */

export type Field = {
  readonly name: string;
  readonly in?: "query";
  /** `unless null`: null means something, absent is an error. */
  readonly isRequired?: true | "unless null";
  /** Values that are not the field's; a query only takes texts. */
  readonly invalid: readonly unknown[];
};

export type Missing = { readonly what: string; readonly target?: string; readonly body?: object; readonly error: string };

export type WriteEndpoint = {
  readonly id: string;
  readonly method: "POST" | "PATCH" | "DELETE";
  readonly target: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly role: "user" | "admin";
  /** In the order of the contract's table. */
  readonly fields: readonly Field[];
  /** Unknown and foreign references: the same answer. */
  readonly missing: readonly Missing[];
};

const API = "/api/whatsapp";
const NO_SESSION = "Session not found or access denied";
const NO_CONTACT = "Contact not found";
const NO_REQUEST = "Transfer request not found";
const UNKNOWN = "cnosuchthing0000000000000";

const NOT_TEXT = [7, true, {}, ["a"]] as const;
const BAD_UNICODE = ["a\u0000b", "\ud800"] as const;
const text = (max: number): readonly unknown[] => [...NOT_TEXT, "x".repeat(max + 1), ...BAD_UNICODE];
const note = (name: string, max: number): Field => ({ name, invalid: text(max) });
const reference = (name: string): Field => ({ name, isRequired: true, invalid: NOT_TEXT });
const actor = (name: string): Field => ({ name, invalid: NOT_TEXT });
const madeSessionId: readonly unknown[] = [...NOT_TEXT, "a b", "a.b", "é", "all", "x".repeat(65), "a/b"];
const ROUTING: readonly unknown[] = [...NOT_TEXT, "flowbot_first", "AUTO", " MANUAL"];

const noSession = (body: object = {}): Missing[] =>
  [UNKNOWN, SESSION.foreign, TENANT.beta, "all", SESSION.live.toUpperCase(), "a b"].map((sessionId) => ({
    what: `sessionId ${sessionId}`,
    body: { ...body, sessionId },
    error: NO_SESSION,
  }));
const CONTACT_IDS = [UNKNOWN, CONTACT.foreign, CHATBOT.foreign, USER.foreign, "12345", "status@broadcast", "a%00b", "x".repeat(129)];
const noContact = (path: string, rest: Pick<Missing, "body"> = {}): Missing[] =>
  CONTACT_IDS.map((id) => ({ what: `contact ${id.slice(0, 30)}`, target: `${API}/contacts/${id}/${path}`, error: NO_CONTACT, ...rest }));
const noRequest = (action: string): Missing[] =>
  [UNKNOWN, "a%00b", "x".repeat(129), "a%25zz"].map((id) => ({
    what: `request ${id.slice(0, 30)}`,
    target: `${API}/transfer-requests/${id}${action}`,
    error: NO_REQUEST,
  }));

const endpoint = (id: string, target: string, rest: Partial<WriteEndpoint>): WriteEndpoint => {
  return { id, method: "POST", target: target.startsWith("/api/") ? target : `${API}${target}`, role: "user", fields: [], missing: [], ...rest };
};
const admin = (id: string, target: string, rest: Partial<WriteEndpoint>): WriteEndpoint => endpoint(id, target, { role: "admin", ...rest });
const ofSession = { body: { sessionId: SESSION.stopped }, fields: [reference("sessionId")], missing: noSession() };
const CONFIG = { sessionId: SESSION.stopped, config: { awayMessage: "Away" } };
const config = (name: string, invalid: readonly unknown[]): Field => ({ name: `config.${name}`, invalid });

export const WRITES: readonly WriteEndpoint[] = [
  admin("sessions.connect", "/connect", {
    body: { sessionId: SESSION.stopped },
    fields: [
      { name: "sessionId", isRequired: true, invalid: madeSessionId },
      { name: "name", invalid: [...text(120), "   "] },
      { name: "phoneNumber", invalid: [...NOT_TEXT, "12345", "1".repeat(16), "+15550001111", "15550 1111", "abcdefg"] },
    ],
    missing: [SESSION.foreign, TENANT.beta].map((sessionId) => ({ what: `sessionId ${sessionId}`, body: { sessionId }, error: NO_SESSION })),
  }),
  admin("sessions.disconnect", "/disconnect", ofSession),
  admin("sessions.create", "/sessions", {
    body: { sessionId: "refused-new" },
    fields: [
      { name: "sessionId", invalid: madeSessionId },
      { name: "name", invalid: [...text(120), "   "] },
      { name: "routingRule", invalid: ROUTING },
    ],
    missing: [SESSION.foreign, TENANT.beta].map((sessionId) => ({ what: `sessionId ${sessionId}`, body: { sessionId }, error: NO_SESSION })),
  }),
  admin("sessions.delete", `/sessions?sessionId=${SESSION.stopped}`, {
    method: "DELETE",
    fields: [{ name: "sessionId", in: "query", isRequired: true, invalid: [] }],
    missing: [UNKNOWN, SESSION.foreign, TENANT.beta, "all", "a%20b", "%zz"].map((sessionId) => ({
      what: `sessionId ${sessionId}`,
      target: `${API}/sessions?sessionId=${sessionId}`,
      error: NO_SESSION,
    })),
  }),
  admin("sessions.testQr", "/test-qr", ofSession),
  admin("contacts.link", "/contacts/link", {
    body: { whatsappContactId: CONTACT.plain, targetType: "user", targetId: USER.owner },
    fields: [
      reference("whatsappContactId"),
      { name: "targetType", isRequired: true, invalid: [...NOT_TEXT, "User", "contact"] },
      { name: "targetId", isRequired: "unless null", invalid: NOT_TEXT },
    ],
    missing: [
      ...[UNKNOWN, CONTACT.foreign, CHATBOT.plain, USER.operator, "15550001001"].map((whatsappContactId) => ({
        what: `contact ${whatsappContactId}`,
        body: { whatsappContactId, targetType: "user", targetId: USER.owner },
        error: NO_CONTACT,
      })),
      ...[UNKNOWN, USER.foreign, CHATBOT.plain].map((targetId) => ({
        what: `user ${targetId}`,
        body: { whatsappContactId: CONTACT.plain, targetType: "user", targetId },
        error: "Target not found",
      })),
      ...[UNKNOWN, CHATBOT.foreign, USER.owner].map((targetId) => ({
        what: `chatbot contact ${targetId}`,
        body: { whatsappContactId: CONTACT.plain, targetType: "chatbot", targetId },
        error: "Target not found",
      })),
    ],
  }),
  endpoint("contacts.assign", `/contacts/${CONTACT.plain}/assign`, {
    body: { userId: USER.owner },
    fields: [{ name: "userId", isRequired: "unless null", invalid: NOT_TEXT }],
    missing: [
      ...noContact("assign", { body: { userId: USER.owner } }),
      ...[UNKNOWN, USER.foreign, CHATBOT.plain].map((userId) => ({ what: `user ${userId}`, body: { userId }, error: "User not found" })),
    ],
  }),
  admin("contacts.sync", "/accounts/sync", {
    body: { sessionId: SESSION.live },
    fields: [reference("sessionId"), { name: "syncMode", invalid: [...NOT_TEXT, "full", "AUTO"] }],
    missing: noSession(),
  }),
  endpoint("conversation.markRead", "/contacts/mark-read", {
    body: { contactId: CONTACT.plain },
    fields: [reference("contactId")],
    missing: [UNKNOWN, CONTACT.foreign, CHATBOT.foreign, USER.foreign, USER.quiet, CHATBOT.lonely, "15557777777", "79999999999999@lid", "12345"].map(
      (contactId) => ({
        what: `contact ${contactId}`,
        body: { contactId },
        error: NO_CONTACT,
      }),
    ),
  }),
  endpoint("conversation.open", `/contacts/${CONTACT.thread}/session/open`, { fields: [actor("userId")], missing: noContact("session/open") }),
  endpoint("conversation.close", `/contacts/${CONTACT.plain}/session/close`, {
    fields: [
      note("annotation", 4_096),
      { name: "interactionType", invalid: [...text(64), "   "] },
      { name: "needsFollowUp", invalid: ["true", 1, {}] },
      { name: "followUpDate", invalid: [...NOT_TEXT, "tomorrow", "2026-13-01", "2026-02-30", "24/12/2026", "2026-12-24T10:00:00"] },
      actor("userId"),
    ],
    missing: noContact("session/close"),
  }),
  endpoint("conversation.delegate", "/delegate", {
    body: { messageId: "m31plain", jid: "15550001001@s.whatsapp.net", action: "take-control" },
    fields: [
      reference("messageId"),
      { name: "jid", isRequired: true, invalid: [...NOT_TEXT, "nope", "status@broadcast", "12345@s.whatsapp.net"] },
      { name: "action", isRequired: true, invalid: [...NOT_TEXT, "delegate", "TAKE-CONTROL"] },
    ],
    missing: [UNKNOWN, "m40foreign", "WA-nope", "m05tie"].map((messageId) => ({
      what: `message ${messageId}`,
      body: { messageId, jid: "15550001001@s.whatsapp.net", action: "delegate-to-flowbot" },
      error: "Message not found",
    })),
  }),
  ...["/chat-messages", "/send"].map((path) =>
    endpoint("sends.text", path, {
      body: { sessionId: SESSION.live, toJid: "15550001001@s.whatsapp.net", content: "refused" },
      fields: [
        reference("sessionId"),
        { name: "toJid", isRequired: true, invalid: [...NOT_TEXT, "nope", "status@broadcast", "1@newsletter", "12345", "1".repeat(16)] },
        { name: "content", isRequired: true, invalid: text(65_536) },
        { name: "senderName", invalid: [...text(120), "   "] },
        { name: "quotedMessageId", invalid: [...NOT_TEXT, "WA-nope", "m31plain", "WA-m02lid"] },
      ],
      missing: [UNKNOWN, SESSION.foreign, TENANT.beta, "all"].map((sessionId) => ({
        what: `sessionId ${sessionId}`,
        body: { sessionId, toJid: "15550001001", content: "refused" },
        error: NO_SESSION,
      })),
    }),
  ),
  admin("config.set", "/config", {
    body: CONFIG,
    fields: [
      reference("sessionId"),
      { name: "config", isRequired: true, invalid: [7, "text", true, ["a"]] },
      config("routingRule", [...ROUTING, null]),
      config("autoReplyEnabled", ["true", 1, null]),
      config("autoReplyMessage", [7, "", "x".repeat(4_097), ...BAD_UNICODE]),
      config("businessHoursEnabled", ["false", 0, null]),
      config("businessHoursStart", [8, "24:00", "8:00", "08:60", "08:00:60", "08", ""]),
      config("businessHoursEnd", [8, "24:00", "8:00", "18:00:00.0", "noon"]),
      config("businessHoursTimezone", [7, "Mars/Olympus", "", "x".repeat(65)]),
      config("awayMessage", [7, "", "x".repeat(4_097), ...BAD_UNICODE]),
    ],
    missing: noSession({ config: {} }),
  }),
  admin("config.patch", "/config", {
    method: "PATCH",
    body: { sessionId: SESSION.stopped, routingRule: "USER_ONLY" },
    fields: [reference("sessionId"), { name: "routingRule", isRequired: true, invalid: ROUTING }],
    missing: noSession({ routingRule: "MANUAL" }).filter(({ what }) => what !== "sessionId all"),
  }),
  endpoint("transfers.request", `/contacts/${CONTACT.thread}/transfer/request`, {
    fields: [actor("userId"), note("message", 1_000)],
    missing: noContact("transfer/request"),
  }),
  ...["approve", "deny"].map((action) =>
    admin(`transfers.${action}`, `/transfer-requests/request-of-nobody/${action}`, {
      fields: [actor("supervisorId"), note("notes", 1_000)],
      missing: noRequest(`/${action}`),
    }),
  ),
  endpoint("transfers.cancel", "/transfer-requests/request-of-nobody", { method: "DELETE", missing: noRequest("") }),
];

export const writesOf = (...families: readonly string[]): readonly WriteEndpoint[] =>
  WRITES.filter(({ id }) => families.includes(id.split(".")[0] ?? ""));
