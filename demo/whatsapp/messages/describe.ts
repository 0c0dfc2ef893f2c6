import { normalizeMessageContent, type proto } from "@whiskeysockets/baileys";

/** What kind of message it is, by the protocol's own name, and what can be read of it, for people. */
export function describe(message: proto.IMessage): { readonly kind: string; readonly text: string } {
  const content = normalizeMessageContent(message);
  const kind = Object.keys(content ?? {}).find((key) => !WRAPPINGS.has(key) && content?.[key as keyof proto.IMessage]) ?? "empty";
  return { kind: kind.replace(/Message(V\d+)?$/, ""), text: content === undefined ? "" : textOf(content) };
}

const WRAPPINGS = new Set(["messageContextInfo", "senderKeyDistributionMessage"]);

type Reader = (content: proto.IMessage) => string | null | undefined;

/** The first that says something is the text. */
const READERS: readonly Reader[] = [
  ({ conversation }) => conversation,
  ({ extendedTextMessage }) => extendedTextMessage?.text,
  ({ reactionMessage }) => reactionMessage?.text,
  ({ imageMessage, videoMessage, documentMessage }) =>
    imageMessage?.caption ?? videoMessage?.caption ?? documentMessage?.caption ?? documentMessage?.fileName,
  ({ locationMessage }) => locationMessage?.name ?? locationMessage?.address,
  ({ contactMessage, contactsArrayMessage }) => contactMessage?.displayName ?? contactsArrayMessage?.displayName,
  ({ pollCreationMessage, pollCreationMessageV3 }) => pollCreationMessage?.name ?? pollCreationMessageV3?.name,
  ({ buttonsMessage, listMessage }) => buttonsMessage?.contentText ?? listMessage?.description,
  ({ buttonsResponseMessage, listResponseMessage, templateButtonReplyMessage }) =>
    buttonsResponseMessage?.selectedDisplayText ?? listResponseMessage?.title ?? templateButtonReplyMessage?.selectedDisplayText,
  ({ protocolMessage }) => (protocolMessage?.editedMessage ? textOf(protocolMessage.editedMessage) : undefined),
];

function textOf(content: proto.IMessage): string {
  for (const read of READERS) {
    const text = read(content);
    if (text) return text;
  }
  return "";
}
