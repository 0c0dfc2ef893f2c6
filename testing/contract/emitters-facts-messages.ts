import { connected, CREATED, known, LONG, LONG_WORDS, UPDATED, type Fact } from "./emitters-fact.ts";
import { AT, LATER, LATEST, type Stage } from "./emitters-stage.ts";
import { CHATBOT, TENANT, USER } from "./ids.ts";

/** Messages from both sides, what becomes of them, and their media. */

const SHA = "ab".repeat(32);
const incoming = ({ pn }: Stage, rest: object = {}): object => {
  return { messageId: "WA2", remoteJid: pn, fromMe: false, timestamp: LATER, source: "live", messageType: "TEXT", content: "hello", ...rest };
};
const own = async (stage: Stage, values: object = {}): Promise<void> => {
  await stage.session();
  await stage.contact({ chatbotContactId: CHATBOT.lonely });
  await stage.message({ fromMe: true, status: "PENDING", senderId: USER.admin, ...values });
  const columns = `id, "tenantId", "sessionId", "messageRowId", "userId", endpoint, "idempotencyKey", "payloadHash", "chatJid", kind, payload, "updatedAt"`;
  const source = `select 'o-' || id, $2, "sessionId", id, 'u', 'sends.text', id, 'h', "remoteJid", 'text', '{}', now() from whatsapp_messages`;
  await stage.query(`insert into whatsapp_outbox (${columns}) ${source} where "sessionId" = $1`, [stage.sessionId, TENANT.alpha]);
};
const status =
  (next: string, rest: object = {}) =>
  (stage: Stage) =>
    stage.batch("messages/status", { messageId: "WA1", status: next, at: LATER, ...rest });
const change =
  (kind: string, rest: object = {}) =>
  (stage: Stage) =>
    stage.batch("messages/changes", { messageId: "WA1", kind, actorJid: stage.pn, at: LATER, ...rest });
const text =
  (rest: object = {}) =>
  (stage: Stage) =>
    stage.post("chat-messages", { sessionId: stage.sessionId, toJid: stage.pn, content: "hello", ...rest }, { key: stage.sessionId });
const mediaReport =
  (state: string, rest: object = {}) =>
  (stage: Stage) =>
    stage.batch("media", { messageId: "WA1", state, ...rest });
const withMedia = async (stage: Stage): Promise<void> => {
  await stage.session();
  await stage.contact();
  const media = { mimeType: "video/mp4", size: 9, fileName: "v.mp4", remote: { key: "k" } };
  await stage.batch("messages", incoming(stage, { messageId: "WA1", source: "history", messageType: "VIDEO", content: null, media }));
};
const stored = { sha256: SHA, mimeType: "video/mp4", size: 7, fileName: "v.mp4", storageKey: `${TENANT.alpha}/ab/${SHA}` };

const SENT_AT = { recentKeys: ["lastMessageAt"] };
export const MESSAGE_FACTS = {
  "message.queued": [
    { what: "a text to somebody known", given: known, act: text(), told: ["message.queued", UPDATED], ...SENT_AT },
    { what: "a text to somebody new", given: connected, act: text(), told: [CREATED, "message.queued", UPDATED], ...SENT_AT },
    { what: "a long text", given: known, act: text({ content: LONG }), told: ["message.queued", UPDATED], ...SENT_AT },
    {
      what: "a text of control characters",
      given: known,
      act: text({ content: "\u0001".repeat(1_600) }),
      told: ["message.queued", UPDATED],
      ...SENT_AT,
    },
    {
      what: "a picture with a caption",
      given: known,
      act: ({ sessionId, pn, upload }) => {
        const fields = Object.entries({ sessionId, toJid: pn, content: "look" }).map(([name, value]) => ({ name, value }));
        return upload([...fields, { name: "file", file: Buffer.from("picture"), fileName: "a.png", type: "image/png" }], sessionId);
      },
      told: ["message.queued", UPDATED],
      ...SENT_AT,
    },
  ],
  "message.sent": [
    { what: "an ack", given: own, act: status("SENT"), told: ["message.sent"] },
    {
      what: "an ack after a failure",
      given: (stage) => own(stage, { status: "FAILED", errorMessage: "no" }),
      act: status("SENT"),
      told: ["message.sent"],
    },
    {
      what: "our own echo",
      given: own,
      act: (stage) => stage.batch("messages", incoming(stage, { messageId: "WA1", fromMe: true, timestamp: AT, source: "append" })),
      told: ["message.sent"],
    },
  ],
  "message.received": [
    { what: "a text of somebody known", given: known, act: (stage) => stage.batch("messages", incoming(stage)), told: ["message.received", UPDATED] },
    {
      what: "a text of somebody new",
      given: connected,
      act: (stage) => stage.batch("messages", incoming(stage, { pushName: "Ana", remoteJidAlt: stage.lid })),
      told: [CREATED, "message.received", UPDATED],
    },
    {
      what: "two texts at once, the same again, and history",
      given: known,
      act: async (stage) => {
        const items = [incoming(stage), incoming(stage, { messageId: "WA3", timestamp: LATEST, content: `a\n  b ${LONG}` })];
        await stage.batch("messages", ...items);
        await stage.batch("messages", ...items);
        return stage.batch("messages", incoming(stage, { messageId: "WA0", source: "history", timestamp: AT }));
      },
      told: ["message.received", "message.received", UPDATED],
    },
    {
      what: "our own from another device",
      given: known,
      act: (stage) => stage.batch("messages", incoming(stage, { fromMe: true, status: "DELIVERED" })),
      told: ["message.received", UPDATED],
    },
    {
      what: "a group's",
      given: connected,
      act: (stage) => stage.batch("messages", incoming(stage, { remoteJid: stage.group, participant: stage.pn, pushName: "Ana" })),
      told: [CREATED, "message.received", UPDATED],
    },
    {
      what: "a sticker, without content",
      given: known,
      act: (stage) =>
        stage.batch("messages", incoming(stage, { messageType: "STICKER", content: null, media: { mimeType: "image/webp", remote: {} } })),
      told: ["message.received", UPDATED],
    },
    {
      what: "one by a LID nobody knows",
      given: connected,
      act: (stage) => stage.batch("messages", incoming(stage, { remoteJid: stage.lid })),
      told: [CREATED, "message.received", UPDATED],
    },
  ],
  "message.status": [
    { what: "a delivery", given: own, act: status("DELIVERED"), told: ["message.status"] },
    {
      what: "a reading, then a late delivery",
      given: own,
      act: async (stage) => [await status("READ")(stage), await status("DELIVERED")(stage)],
      told: ["message.status"],
    },
    {
      what: "a failure with a long message",
      given: own,
      act: status("FAILED", { errorMessage: LONG_WORDS, errorCode: 463 }),
      told: ["message.status"],
    },
    { what: "a failure with a code", given: own, act: status("FAILED", { errorCode: 463 }), told: ["message.status"] },
    { what: "a failure without anything", given: own, act: status("FAILED"), told: ["message.status"] },
  ],
  "message.reaction": [
    { what: "a reaction", given: known, act: change("reaction", { emoji: "👍" }), told: ["message.reaction"] },
    {
      what: "a reaction taken back",
      given: known,
      act: async (stage) => [await change("reaction", { emoji: "👍" })(stage), await change("reaction", { emoji: null, at: LATEST })(stage)],
      told: ["message.reaction", "message.reaction"],
    },
  ],
  "message.edited": [
    { what: "an edit of the newest", given: known, act: change("edit", { content: "edited" }), told: ["message.edited", UPDATED] },
    { what: "a long edit", given: known, act: change("edit", { content: LONG }), told: ["message.edited", UPDATED] },
    { what: "an edit to nothing", given: known, act: change("edit"), told: ["message.edited", UPDATED] },
  ],
  "message.deleted": [{ what: "a deletion for everyone", given: known, act: change("delete"), told: ["message.deleted", UPDATED] }],
  "media.processed": [
    { what: "a stored file", given: withMedia, act: mediaReport("STORED", stored), told: ["media.processed"] },
    {
      what: "a stored file of unknown type and size",
      given: withMedia,
      act: mediaReport("STORED", { sha256: SHA, storageKey: stored.storageKey }),
      told: ["media.processed"],
    },
    {
      what: "a failed one, then a stored one",
      given: withMedia,
      act: async (stage) => [await mediaReport("FAILED", { errorCode: "x" })(stage), await mediaReport("STORED", stored)(stage)],
      told: ["media.processed", "media.processed"],
    },
    {
      what: "a failed one that says what it was",
      given: withMedia,
      act: mediaReport("FAILED", { mimeType: "video/3gpp", size: 5, errorCode: "gone" }),
      told: ["media.processed"],
    },
    { what: "an expired one", given: withMedia, act: mediaReport("EXPIRED"), told: ["media.processed"] },
  ],
} satisfies Record<string, readonly Fact[]>;
