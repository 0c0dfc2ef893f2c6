import { areJidsSameUser, getBinaryNodeChildren, getStatusFromReceiptType, isJidGroup, proto, type BinaryNode } from "@whiskeysockets/baileys";
import { toStatusItem, type StatusReport } from "./status-items.ts";

/** The account's two addresses. */
export type Me = { readonly id: string; readonly lid?: string | undefined };

/** The statuses a receipt brings, as the client library reads it: of own messages, by whoever got or read them. Pure. */
export function statusesOf({ attrs, content }: BinaryNode, me: Me, nowMs: number): StatusReport[] {
  const { id, from, participant, recipient, type, t } = attrs;
  if (id === undefined || from === undefined) return [];
  const isByMe = areJidsSameUser(participant ?? from, from.includes("lid") ? me.lid : me.id);
  const remoteJid = !isByMe || isJidGroup(from) === true ? from : recipient;
  const fromMe = recipient === undefined || (type === "sender" && isByMe);
  const status = getStatusFromReceiptType(type);
  if (status === undefined || (isByMe && status < proto.WebMessageInfo.Status.SERVER_ACK)) return [];
  const others = Array.isArray(content) ? getBinaryNodeChildren(content[0], "item").flatMap(({ attrs: item }) => item["id"] ?? []) : [];
  return [id, ...others].flatMap((each) => {
    const key = { id: each, fromMe, ...(remoteJid === undefined ? {} : { remoteJid }) };
    return toStatusItem({ key, update: { status, messageTimestamp: Number(t ?? 0) } }, nowMs) ?? [];
  });
}
