import { ApiError } from "../http/api-error.ts";
import type { Body } from "../http/body.ts";
import { parseIdempotencyKey } from "./idempotency-key.ts";
import { addressOf } from "./jid.ts";

/** What every send names beside its content. */
export type SendFields = {
  readonly sessionId: string;
  /** Normalised. */
  readonly toJid: string;
  readonly senderName: string | undefined;
  readonly quotedMessageId: string | undefined;
};

const MAX_SENDER_NAME = 120;
const MAX_CONTENT = 65_536;

/** undefined without the header. Throws 400 for a malformed one, before any field is looked at. */
export function readIdempotencyKey(headers: Pick<Headers, "get">): string | undefined {
  const header = headers.get("idempotency-key");
  if (header === null) return undefined;
  const key = parseIdempotencyKey(header);
  if (key === undefined) throw new ApiError(400, { error: "Idempotency-Key is invalid" });
  return key;
}

export const readTarget = (body: Body): Pick<SendFields, "sessionId" | "toJid"> => ({ sessionId: body.text("sessionId"), toJid: readAddress(body) });

export const readContent = (body: Body): string => body.text("content", { min: 1, max: MAX_CONTENT });

export const readManner = (body: Body): Pick<SendFields, "senderName" | "quotedMessageId"> => ({
  senderName: body.optionalText("senderName", { isTrimmed: true, min: 1, max: MAX_SENDER_NAME }),
  quotedMessageId: body.optionalText("quotedMessageId"),
});

function readAddress(body: Body): string {
  const text = body.text("toJid");
  const address = text === "" ? undefined : addressOf(text);
  if (text !== "" && address === undefined) body.reject("toJid");
  return address ?? "";
}
