import type { Body } from "../http/body.ts";
import type { MethodEndpoint } from "../http/route.ts";
import { takeTurn } from "../http/throttles.ts";
import { writeMethod } from "../http/write-endpoint.ts";
import { readContent, readIdempotencyKey, readManner, readTarget } from "./send-fields.ts";
import { payloadHash } from "./send-identity.ts";
import { send, type Send } from "./send.ts";

/** `POST chat-messages` and its alias `POST send`: one endpoint, so that a key means the same on both. */
export const sendText: MethodEndpoint = writeMethod({
  family: "sends",
  role: "user",
  failure: "send message",
  throttle: (caller) => takeTurn("sends", caller),
  parse: ({ headers, body }) => parseSendText(readIdempotencyKey(headers), body),
  answer: send,
});

function parseSendText(key: string | undefined, body: Body): Send {
  const target = readTarget(body);
  const content = readContent(body);
  const manner = readManner(body);
  const hash = payloadHash({ ...target, content, senderName: manner.senderName ?? null, quotedMessageId: manner.quotedMessageId ?? null });
  return { endpoint: "sends.text", key, payloadHash: hash, fields: { ...target, ...manner }, content, messageType: "TEXT" };
}
