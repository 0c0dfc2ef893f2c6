import { expect, test } from "vitest";
import type { WhatsAppMessage } from "../../../generated/prisma/client.ts";
import { toMessage } from "./message-reply.ts";

const AT = new Date("2026-03-29T14:37:12.000Z");
const ROW: WhatsAppMessage = {
  id: "m1",
  sessionId: "support",
  messageId: "3EB0",
  remoteJid: "15550000101@s.whatsapp.net",
  whatsappContactId: "c1",
  fromMe: true,
  content: "hello",
  messageType: "TEXT",
  status: "SENT",
  mediaUrl: null,
  mediaMimeType: null,
  mediaSize: null,
  thumbnailUrl: null,
  quotedMessageId: null,
  timestamp: AT,
  deliveredAt: null,
  readAt: null,
  errorMessage: null,
  metadata: null,
  senderId: null,
  createdAt: AT,
  updatedAt: AT,
};
const USERS = new Map([["u1", { id: "u1", name: null, email: "agent@example.test" }]]);

test("no text is null, never an empty text", () => {
  expect(toMessage({ ...ROW, content: "" }, USERS).content).toBeNull();
  expect(toMessage({ ...ROW, content: " " }, USERS).content).toBe(" ");
});

test("only known metadata leaves: raw protocol messages of older rows stay", () => {
  const metadata = { pushName: "Alex", rawMessage: { key: {} }, key: { id: "1" }, seconds: 3 };
  expect(toMessage({ ...ROW, metadata }, USERS).metadata).toEqual({ pushName: "Alex", seconds: 3 });
  expect(toMessage({ ...ROW, metadata: ["x"] }, USERS).metadata).toBeNull();
});

test("users is the sender when it is a user of the tenant", () => {
  expect(toMessage({ ...ROW, senderId: "u1" }, USERS).users).toEqual({ id: "u1", name: null, email: "agent@example.test" });
  expect(toMessage({ ...ROW, senderId: "foreign" }, USERS).users).toBeNull();
  expect(toMessage({ ...ROW, senderId: "whatsapp-system" }, USERS)).toMatchObject({ senderId: "whatsapp-system", users: null });
});
