import { createHash, createHmac } from "node:crypto";

/** In whose name a send happens once; unique in the outbox. */
export type SendScope = {
  readonly tenantId: string;
  readonly userId: string;
  readonly endpoint: "sends.text" | "sends.media";
  readonly key: string;
};

const PREFIX = "3EB0";
const HEX_DIGITS = 18;

/** WhatsApp's id of the message a send makes: the same send always makes the same id, so that a retry is no second message. */
export function whatsAppMessageId({ tenantId, userId, endpoint, key }: SendScope, sendSecretHex: string): string {
  const mac = createHmac("sha256", Buffer.from(sendSecretHex, "hex")).update([tenantId, userId, endpoint, key].join("\n"));
  return PREFIX + mac.digest("hex").slice(0, HEX_DIGITS).toUpperCase();
}

/** What a caller asked for, validated; `null` for what was not given. */
export type SendPayload = Readonly<Record<string, string | null | Readonly<Record<string, string>>>>;

/** SHA-256 of the JSON with sorted keys: two requests with one key must ask for the same. */
export function payloadHash(payload: SendPayload): string {
  return createHash("sha256").update(JSON.stringify(payload, sortKeys)).digest("hex");
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
