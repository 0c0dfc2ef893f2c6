import { randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import { composeFile } from "./compose-file.ts";
import { composeVote } from "./compose-vote.ts";
import type { Content } from "./content.ts";
import { phoneJid } from "../people/person.ts";
import type { World } from "../world.ts";

const { Type: ProtocolType } = proto.Message.ProtocolMessage;

/** Between whom a message goes: what it says of other messages depends on that. */
export type Conversation = {
  readonly account: string;
  readonly from: string;
  /** Whom the account's owner writes to. */
  readonly to?: string | undefined;
  readonly group?: string | undefined;
};

/** The protocol's message for what a person wrote. */
export async function compose(world: World, conversation: Conversation, content: Content, quoted?: string): Promise<proto.IMessage> {
  const message = await composeBare(world, conversation, content);
  return quoted === undefined ? message : quote(world, conversation, message, quoted);
}

async function composeBare(world: World, conversation: Conversation, content: Content): Promise<proto.IMessage> {
  switch (content.kind) {
    case "text":
      return content.mentions === undefined
        ? { conversation: content.text }
        : { extendedTextMessage: { text: content.text, contextInfo: { mentionedJid: content.mentions.map((phone) => phoneJid(phone)) } } };
    case "image":
    case "video":
    case "audio":
    case "document":
    case "sticker":
      return composeFile(world.media, content);
    case "location": {
      const { latitude, longitude, name, address } = content;
      return { locationMessage: { degreesLatitude: latitude, degreesLongitude: longitude, name: name ?? null, address: address ?? null } };
    }
    case "contacts": {
      const cards = content.contacts.map(({ name, phone }) => ({ displayName: name, vcard: toVcard(name, phone) }));
      const [only] = cards;
      return cards.length === 1 && only !== undefined
        ? { contactMessage: only }
        : { contactsArrayMessage: { displayName: `${cards.length} contacts`, contacts: cards } };
    }
    case "buttons": {
      const buttons = content.buttons.map(({ id, text }) => ({ buttonId: id, buttonText: { displayText: text }, type: 1 }));
      return { buttonsMessage: { contentText: content.text, headerType: 1, buttons } };
    }
    case "button-answer":
      return { buttonsResponseMessage: { selectedButtonId: content.id, selectedDisplayText: content.text, type: 1 } };
    case "list": {
      const rows = content.rows.map(({ id, text }) => ({ rowId: id, title: text }));
      return {
        listMessage: {
          title: content.title,
          description: content.text,
          buttonText: "Choose",
          listType: 1,
          sections: [{ title: content.title, rows }],
        },
      };
    }
    case "list-answer":
      return { listResponseMessage: { title: content.text, listType: 1, singleSelectReply: { selectedRowId: content.id } } };
    case "template-answer":
      return { templateButtonReplyMessage: { selectedId: content.id, selectedDisplayText: content.text, selectedIndex: 0 } };
    case "poll": {
      const options = content.options.map((optionName) => ({ optionName }));
      const pollCreationMessageV3 = { name: content.question, options, selectableOptionsCount: 1 };
      return { pollCreationMessageV3, messageContextInfo: { messageSecret: randomBytes(32) } };
    }
    case "poll-vote":
      return composeVote(world, conversation, { pollId: content.pollId, options: content.options, key: keyOf(world, conversation, content.pollId) });
    case "reaction":
      return {
        reactionMessage: { key: keyOf(world, conversation, content.to), text: content.emoji ?? "", senderTimestampMs: world.now().getTime() },
      };
    case "edit": {
      const editedMessage = { conversation: content.text };
      const protocolMessage = {
        key: keyOf(world, conversation, content.of),
        type: ProtocolType.MESSAGE_EDIT,
        editedMessage,
        timestampMs: world.now().getTime(),
      };
      return { protocolMessage };
    }
    case "delete":
      return { protocolMessage: { key: keyOf(world, conversation, content.of), type: ProtocolType.REVOKE } };
    case "unknown":
      return { orderMessage: { orderId: "1", itemCount: 1, message: "an order" } };
  }
}

/** The key of a message as its reader or writer would name it. Throws when this account knows no such message. */
export function keyOf(world: World, { account, from, to, group }: Conversation, id: string): proto.IMessageKey {
  const entry = world.ledger.find(account, id);
  if (entry === undefined) throw new Error(`no message with id ${id} was exchanged with this account`);
  const fromMe = entry.from === from;
  const remoteJid = group ?? phoneJid(from === account ? (to ?? entry.chat) : account);
  return { id, remoteJid, fromMe, ...(group === undefined || fromMe ? {} : { participant: phoneJid(entry.from) }) };
}

/** Any content can answer another message: the field that carries it also says which. */
function quote(world: World, { account }: Conversation, message: proto.IMessage, id: string): proto.IMessage {
  const entry = world.ledger.find(account, id);
  if (entry === undefined) throw new Error(`no message with id ${id} was exchanged with this account`);
  const quotedMessage = proto.Message.fromObject(entry.message as Record<string, unknown>);
  const contextInfo = { stanzaId: id, participant: phoneJid(entry.from), quotedMessage };
  if (typeof message.conversation === "string") return { extendedTextMessage: { text: message.conversation, contextInfo } };
  return Object.fromEntries(
    Object.entries(message).map(([kind, value]) => [kind, kind === "messageContextInfo" ? value : { ...(value as object), contextInfo }]),
  );
}

const toVcard = (name: string, phone: string): string =>
  ["BEGIN:VCARD", "VERSION:3.0", `FN:${name}`, `TEL;type=CELL;type=VOICE;waid=${phone}:+${phone}`, "END:VCARD"].join("\n");
