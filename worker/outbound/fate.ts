import type { BinaryNode } from "@whiskeysockets/baileys";

/** What WhatsApp says of a message we sent. Pure. */

export type Fate =
  | { readonly type: "sent"; readonly at: Date }
  /** Never tried again: trying again makes it worse. */
  | { readonly type: "refused"; readonly code: number; readonly message: string }
  /** WhatsApp had a trouble of its own. */
  | { readonly type: "unsure"; readonly code: number };

const FIRST_SERVER_FAULT = 500;
const MESSAGES: Readonly<Record<number, string>> = {
  463: "WhatsApp does not let this account write to this contact first",
  479: "WhatsApp rejects the address of this message",
};

/** Of an `<ack class="message">`. */
export function toFate({ attrs }: Pick<BinaryNode, "attrs">, nowMs: number): Fate {
  if (attrs["error"] === undefined) return { type: "sent", at: toDate(attrs["t"], nowMs) };
  const code = Number(attrs["error"]);
  if (!Number.isInteger(code) || code >= FIRST_SERVER_FAULT) return { type: "unsure", code: Number.isInteger(code) ? code : 0 };
  return { type: "refused", code, message: MESSAGES[code] ?? `WhatsApp refused the message with code ${code}` };
}

/** The messages a `<receipt>` speaks of; whatever it says of them, WhatsApp has them. */
export function receiptIds({ attrs, content }: BinaryNode): string[] {
  const listed = Array.isArray(content)
    ? content.filter(({ tag }) => tag === "list").flatMap(({ content: items }) => (Array.isArray(items) ? items.map((item) => item.attrs["id"]) : []))
    : [];
  return [attrs["id"], ...listed].filter((id): id is string => id !== undefined);
}

function toDate(seconds: string | undefined, nowMs: number): Date {
  return /^\d{1,12}$/.test(seconds ?? "") ? new Date(Number(seconds) * 1_000) : new Date(nowMs);
}
