import { normalizeMessageContent, type proto } from "@whiskeysockets/baileys";

/** What kind of message it is and what can be read of it, for people. */
export function describe(message: proto.IMessage): { readonly kind: string; readonly text: string } {
  const content = normalizeMessageContent(message);
  const kind = Object.keys(content ?? {}).find((key) => !WRAPPINGS.has(key) && content?.[key as keyof proto.IMessage]) ?? "empty";
  return { kind: kind.replace(/Message$/, ""), text: textOf(content) };
}

const WRAPPINGS = new Set(["messageContextInfo", "senderKeyDistributionMessage"]);

function textOf(content: proto.IMessage | undefined): string {
  if (!content) return "";
  const { conversation, extendedTextMessage, reactionMessage, protocolMessage, imageMessage, videoMessage, documentMessage } = content;
  return (
    conversation ||
    extendedTextMessage?.text ||
    reactionMessage?.text ||
    imageMessage?.caption ||
    videoMessage?.caption ||
    documentMessage?.caption ||
    (protocolMessage?.editedMessage ? textOf(protocolMessage.editedMessage) : "")
  );
}
