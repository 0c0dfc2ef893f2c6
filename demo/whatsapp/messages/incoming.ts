import { randomBytes } from "node:crypto";
import { isJidGroup, proto, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { corrupt } from "./corrupt.ts";
import { describe } from "./describe.ts";
import { lidJid, phoneJid } from "../people/person.ts";
import { stanza } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

/** How a contact is named on the wire. */
export type Addressing = "phone" | "lid";

export const memberJid = (phone: string, addressing: Addressing): string => (addressing === "lid" ? lidJid(phone) : phoneJid(phone));

export type Incoming = {
  /** Who writes: a contact, or the account's owner on the phone. */
  readonly from: string;
  /** The account it is for. */
  readonly account: string;
  /** A group's JID; else the chat of the two. */
  readonly group?: string;
  /** Whom the account's owner writes to. */
  readonly to?: string;
  readonly message: proto.IMessage;
  readonly id?: string;
  readonly addressing?: Addressing;
  /** Breaks the ciphertext of the first copy: the device cannot read it and asks again. */
  readonly isCorrupted?: boolean;
};

/** Sends a message to every device of an account; answers its WhatsApp id. */
export async function sendMessage(world: World, incoming: Incoming): Promise<string> {
  const id = incoming.id ?? createMessageId();
  const { account, from, to, group, message } = incoming;
  await world.people.meet(from);
  await world.ledger.add({
    id,
    account,
    chat: group ?? to ?? from,
    from,
    readers: [],
    ...describe(message),
    at: world.now().toISOString(),
    tick: "sent",
    message: proto.Message.fromObject(message).toJSON(),
  });
  const addressing = incoming.addressing ?? world.groups.get(group ?? "")?.addressing ?? "phone";
  await world.shelf.write([[sentKey(account, id), { ...incoming, addressing }]]);
  if (to !== undefined) await world.ledger.reach(account, id, to);
  for (const device of world.devices.of(account)) await device.inTurn(() => deliver(world, device, { ...incoming, addressing, id }));
  return id;
}

/** As a phone mints them: distinct from those of linked devices. */
export const createMessageId = (): string => `3A${randomBytes(9).toString("hex").toUpperCase()}`;

const sentKey = (account: string, id: string): string => `sent/${account}/${id}`;

type Again = { readonly id: string; readonly count: number; readonly receipt: BinaryNode };

/** A device could not read a message: its writer encrypts it anew, in a fresh session from the second time on. */
export async function resend(world: World, device: Device, { id, count }: Again): Promise<void> {
  const incoming = world.shelf.get(sentKey(device.record.phone, id)) as Incoming | undefined;
  if (incoming === undefined) return;
  await device.inTurn(() => deliver(world, device, { ...incoming, id, isCorrupted: false }, count));
}

async function deliver(world: World, device: Device, incoming: Incoming & { readonly id: string }, count?: number): Promise<void> {
  const peer = await world.people.peerOf(incoming.from);
  const isFromOwner = incoming.from === device.record.phone;
  const message = isFromOwner ? toOwnDevice(incoming) : incoming.message;
  const fetchBundle = () => device.takeBundle();
  const encs: BinaryNode[] = [];
  if (incoming.group === undefined || count !== undefined) {
    encs.push(await peer.encrypt(device.lid, message, fetchBundle, count !== undefined));
  } else {
    const { enc, distribution } = await peer.encryptForGroup(incoming.group, message);
    encs.push(await peer.encrypt(device.lid, distribution, fetchBundle), enc);
  }
  const content = encs.map(({ tag, attrs, content: cipher }) =>
    stanza(tag, { ...attrs, count: count?.toString() }, incoming.isCorrupted === true ? corrupt(cipher as Uint8Array) : cipher),
  );
  const { name } = await world.people.meet(incoming.from);
  await device.deliver(
    stanza(
      "message",
      { id: incoming.id, t: toSeconds(world.now()), type: stanzaType(incoming.message), notify: name, ...addressOf(device, incoming) },
      content,
    ),
  );
}

function addressOf(device: Device, { from, to, group, addressing = "phone" }: Incoming): Record<string, string | undefined> {
  const own = from === device.record.phone;
  const isLid = addressing === "lid";
  const who = isLid ? lidJid(from) : phoneJid(from);
  const alternative = isLid ? phoneJid(from) : lidJid(from);
  if (group !== undefined)
    return { from: group, participant: who, addressing_mode: isLid ? "lid" : "pn", [isLid ? "participant_pn" : "participant_lid"]: alternative };
  if (own && to !== undefined)
    return isLid
      ? { from: who, recipient: lidJid(to), recipient_pn: phoneJid(to), addressing_mode: "lid" }
      : { from: who, recipient: isJidGroup(to) ? to : phoneJid(to), recipient_lid: lidJid(to) };
  return { from: who, [isLid ? "sender_pn" : "sender_lid"]: alternative, ...(isLid ? { addressing_mode: "lid" } : {}) };
}

/** What the owner writes on the phone reaches the owner's devices in an envelope that says where it went. */
const toOwnDevice = ({ to, group, message, addressing }: Incoming): proto.IMessage =>
  group === undefined && to !== undefined
    ? { deviceSentMessage: { destinationJid: addressing === "lid" ? lidJid(to) : phoneJid(to), message } }
    : message;

const stanzaType = (message: proto.IMessage): string => {
  if (message.reactionMessage) return "reaction";
  if (message.pollCreationMessage || message.pollCreationMessageV3 || message.pollUpdateMessage) return "poll";
  return MEDIA.some((kind) => message[kind]) ? "media" : "text";
};

const MEDIA = ["imageMessage", "videoMessage", "audioMessage", "documentMessage", "stickerMessage", "contactMessage", "locationMessage"] as const;
