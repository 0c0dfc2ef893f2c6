import { deflateSync } from "node:zlib";
import { proto } from "@whiskeysockets/baileys";
import type { Device } from "./device.ts";
import { createMessageId } from "../messages/incoming.ts";
import type { Entry } from "../messages/ledger.ts";
import { lidJid, phoneJid } from "../people/person.ts";
import { stanza } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

const { HistorySyncType } = proto.HistorySync;

/** What a phone gives a device that was just paired: its chats, the names people go by, and which LID is whose. Sent once. */
export async function sendHistory(world: World, device: Device): Promise<void> {
  const { phone } = device.record;
  const entries = world.ledger.entries().filter(({ account }) => account === phone);
  const people = world.people.all().filter((person) => person.phone === phone || entries.some(({ chat }) => chat === person.phone));
  const phoneNumberToLidMappings = people.map((person) => ({ pnJid: phoneJid(person.phone), lidJid: lidJid(person.phone) }));
  const pushnames = people.map(({ phone: number, name }) => ({ id: phoneJid(number), pushname: name }));
  await sendPart(world, device, {
    syncType: HistorySyncType.INITIAL_BOOTSTRAP,
    progress: 100,
    conversations: conversationsOf(entries),
    phoneNumberToLidMappings,
  });
  await sendPart(world, device, { syncType: HistorySyncType.PUSH_NAME, progress: 100, pushnames });
  // Only now: a server that ends in between sends it all again.
  await device.update({ hasHistory: true });
}

function conversationsOf(entries: readonly Entry[]): proto.IConversation[] {
  const chats = [...new Set(entries.map(({ chat }) => chat))];
  return chats.map((chat) => {
    const own = entries.filter((entry) => entry.chat === chat).toReversed();
    const isGroup = chat.includes("@");
    const id = isGroup ? chat : phoneJid(chat);
    return {
      id,
      ...(isGroup ? {} : { pnJid: id, lidJid: lidJid(chat) }),
      conversationTimestamp: Math.floor(Date.parse(own[0]?.at ?? "") / 1000),
      messages: own.map((entry) => ({ message: toHistoryMessage(entry, id) })),
    };
  });
}

const { Status } = proto.WebMessageInfo;
const STATUS = { sent: Status.SERVER_ACK, delivered: Status.DELIVERY_ACK, read: Status.READ };

function toHistoryMessage({ id, account, from, at, tick, message }: Entry, remoteJid: string): proto.IWebMessageInfo {
  const fromMe = from === account;
  const participant = remoteJid.endsWith("@g.us") && !fromMe ? { participant: phoneJid(from) } : {};
  return {
    key: { id, remoteJid, fromMe, ...participant },
    message: proto.Message.fromObject(message as Record<string, unknown>),
    messageTimestamp: Math.floor(Date.parse(at) / 1000),
    status: STATUS[tick],
    ...participant,
  };
}

/** Inside the message itself, as phones do with little history: nothing to download. */
async function sendPart(world: World, device: Device, history: proto.IHistorySync): Promise<void> {
  const initialHistBootstrapInlinePayload = deflateSync(proto.HistorySync.encode(history).finish());
  const historySyncNotification = { syncType: history.syncType, chunkOrder: 1, progress: history.progress, initialHistBootstrapInlinePayload };
  const message = { protocolMessage: { type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION, historySyncNotification } };
  const { phone } = device.record;
  const peer = await world.people.peerOf(phone);
  await device.inTurn(async () => {
    const enc = await peer.encrypt(device.lid, message as proto.IMessage, () => device.takeBundle());
    const attributes = { id: createMessageId(), from: phoneJid(phone), type: "text", category: "peer", t: toSeconds(world.now()) };
    await device.deliver(stanza("message", attributes, [enc]));
  });
}
