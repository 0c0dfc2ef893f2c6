import { createHash, createHmac } from "node:crypto";

/** What a key is unique in (contract 3.6). */
export type SendScope = {
  readonly tenantId: string;
  readonly userId: string;
  readonly endpoint: "sends.text" | "sends.media";
  readonly key: string;
};

const PREFIX = "3EB0";
const ID_DIGITS = 18;

/** WhatsApp's id of a send: the same key gives the same id, so that a send repeated after a crash is the same message. */
export function whatsappIdOf(sendSecret: string, { tenantId, userId, endpoint, key }: SendScope): string {
  const mac = createHmac("sha256", Buffer.from(sendSecret, "hex")).update([tenantId, userId, endpoint, key].join("\n"));
  return PREFIX + mac.digest("hex").slice(0, ID_DIGITS).toUpperCase();
}

/** Tells whether two requests with one key ask for the same thing: SHA-256 of the fields as JSON with sorted keys. */
export function payloadHashOf(fields: object): string {
  return createHash("sha256").update(sortedJson(fields)).digest("hex");
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}
