import { jidDecode, proto } from "@whiskeysockets/baileys";
import { compose } from "./messages/compose.ts";
import type { AckMode, ReceiptMode } from "./conduct.ts";
import type { Content } from "./messages/content.ts";
import { disconnect, type DisconnectCode } from "./wire/disconnects.ts";
import { changeGroup, createGroup, type GroupChange, type NewGroup } from "./groups/group-changes.ts";
import type { Gateway } from "./wire/gateway.ts";
import { sendMessage, type Addressing } from "./messages/incoming.ts";
import type { Entry } from "./messages/ledger.ts";
import { openFile } from "./media/open-file.ts";
import type { MediaMode } from "./media/media-store.ts";
import { phoneJid } from "./people/person.ts";
import { sendReceipt, type ReceiptType } from "./messages/receipts.ts";
import { parseQr } from "./devices/registration.ts";
import type { World } from "./world.ts";

export type Send = {
  /** The phone of the account that gets it. */
  readonly to: string;
  /** The phone of the contact who writes it. */
  readonly from: string;
  readonly name?: string;
  readonly text?: string;
  /** Anything else than a text. */
  readonly content?: Content;
  /** The id of the message it answers. */
  readonly quoted?: string;
  /** A message of the protocol as it is, instead of all that. */
  readonly message?: proto.IMessage;
  readonly id?: string;
  readonly addressing?: Addressing;
  readonly group?: string;
  readonly isCorrupted?: boolean;
};

/** What the account's owner writes on the phone. */
export type SendFromPhone = Pick<Send, "text" | "content" | "quoted" | "message" | "addressing"> & { readonly account: string; readonly to: string };

export type Received = Entry & {
  /** How often this id came on the wire. */
  readonly stanzas: number;
};

export type PairedDevice = {
  readonly phone: string;
  readonly name: string;
  readonly number: number;
  readonly isOnline: boolean;
  readonly waiting: number;
  /** It was given what the phone had before it was paired. */
  readonly hasHistory: boolean;
};

/** What a test, the demo or the phone page does with this world. */
export type Control = {
  readonly scan: (qrText: string, owner: { readonly phone: string; readonly name?: string }) => Promise<void>;
  /** The owner types the code a client shows for this phone. */
  readonly enterPairingCode: (phone: string, code: string, name?: string) => Promise<void>;
  readonly send: (message: Send) => Promise<string>;
  readonly sendFromPhone: (message: SendFromPhone) => Promise<string>;
  /** What a contact's phone shows of what accounts sent, in order. */
  readonly received: (contact: string) => readonly Received[];
  /** How often an id came on the wire, shown or not. */
  readonly stanzas: (id: string) => number;
  /** Makes a group and tells the accounts in it; answers its JID. */
  readonly createGroup: (group: NewGroup) => Promise<string>;
  readonly changeGroup: (jid: string, change: GroupChange) => Promise<void>;
  readonly disconnect: (phone: string, code: DisconnectCode) => Promise<void>;
  /** Refuses this account's logins with a code, until told otherwise. */
  readonly refuseLogins: (phone: string, code: number | undefined) => void;
  /** Whether a number has no WhatsApp. */
  readonly absent: (phone: string, isAbsent: boolean) => void;
  readonly acks: (mode: AckMode) => void;
  /** Whether what devices send reaches phones broken: they ask for it again. */
  readonly garble: (isOn: boolean) => void;
  readonly receipts: (mode: ReceiptMode) => void;
  /** How the media host answers for the files that lie there now. */
  readonly media: (mode: MediaMode) => void;
  /** The file of a message, opened as its reader would; by the id of the message. */
  readonly fileOf: (account: string, id: string) => Promise<Buffer>;
  readonly receipt: (receipt: { readonly account: string; readonly from: string; readonly id: string; readonly type: ReceiptType }) => Promise<void>;
  /** The owner unpairs the account's devices on the phone. */
  readonly logout: (phone: string) => Promise<void>;
  readonly restart: (options?: { readonly downMs?: number }) => Promise<void>;
  readonly devices: () => readonly PairedDevice[];
  readonly entries: () => readonly Entry[];
  readonly undecryptable: () => readonly { readonly id: string; readonly reason: string }[];
  /** What went wrong inside the server. */
  readonly faults: () => readonly unknown[];
};

export function createControl(world: World, gateway: Gateway): Control {
  return {
    scan: async (qrText, { phone, name }) => {
      const { reference, advSecret } = parseQr(qrText);
      const registration = world.registrations.get(reference);
      if (registration === undefined) throw new Error("this QR is not shown any more: scan the one the client shows now");
      await registration.complete(await world.people.meet(phone, name), advSecret);
    },
    enterPairingCode: async (phone, code, name) => {
      const request = world.codeRequests.get(phone);
      if (request === undefined) throw new Error("no client asks to be paired with this phone by code");
      const owner = await world.people.meet(phone, name);
      const advSecret = await request.enter(owner, code.replaceAll(/[^0-9A-Z]/gi, "").toUpperCase());
      world.codeRequests.delete(phone);
      await request.complete(owner, advSecret);
    },
    send: async ({ to: account, from, name, text, content, quoted, message, ...rest }) => {
      await world.people.meet(from, name);
      const composed =
        asIs(message) ?? (await compose(world, { account, from, group: rest.group }, content ?? { kind: "text", text: text ?? "" }, quoted));
      return sendMessage(world, { account, from, ...rest, message: composed });
    },
    sendFromPhone: async ({ account, to, text, content, quoted, message, ...rest }) => {
      const conversation = { account, from: account, to };
      const composed = asIs(message) ?? (await compose(world, conversation, content ?? { kind: "text", text: text ?? "" }, quoted));
      return sendMessage(world, { ...conversation, ...rest, message: composed });
    },
    received: (contact) =>
      world.ledger
        .entries()
        .filter(({ readers }) => readers.includes(contact))
        .map((entry) => ({ ...entry, stanzas: world.ledger.stanzas(entry.id) })),
    stanzas: (id) => world.ledger.stanzas(id),
    createGroup: (group) => createGroup(world, group),
    changeGroup: (jid, change) => changeGroup(world, jid, change),
    disconnect: async (phone, code) => {
      const online = world.devices.of(phone).filter(({ connection }) => connection !== undefined);
      if (code === 401) await unpair(world, phone);
      for (const { connection } of online) if (connection !== undefined) disconnect(connection, code);
    },
    refuseLogins: (phone, code) => void (code === undefined ? world.conduct.refusals.delete(phone) : world.conduct.refusals.set(phone, code)),
    absent: (phone, isAbsent) => void (isAbsent ? world.conduct.absentees.add(phone) : world.conduct.absentees.delete(phone)),
    acks: (mode) => void (world.conduct.acks = mode),
    garble: (isOn) => void (world.conduct.isGarbling = isOn),
    receipts: (mode) => void (world.conduct.receipts = mode),
    media: (mode) => world.media.behave(mode),
    fileOf: (account, id) => openFile(world, account, id),
    receipt: async ({ account, from, id, type }) => {
      const chat = world.ledger.find(account, id)?.chat ?? from;
      await sendReceipt(world, { account, from, id, type, to: jidDecode(chat) === undefined ? phoneJid(chat) : chat });
    },
    logout: async (phone) => {
      const online = world.devices.of(phone).flatMap(({ connection }) => connection ?? []);
      await unpair(world, phone);
      for (const connection of online) disconnect(connection, 401);
    },
    restart: async ({ downMs = 0 } = {}) => {
      await gateway.shut();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      await gateway.open();
    },
    devices: () =>
      world.devices.all().map(({ record: { phone, number, hasHistory }, connection, mailbox }) => ({
        phone,
        hasHistory,
        name: world.people.nameOf(phone),
        number,
        isOnline: connection !== undefined,
        waiting: mailbox.waiting().length,
      })),
    entries: () => world.ledger.entries(),
    undecryptable: () => world.ledger.undecryptable(),
    faults: () => world.faults,
  };
}

async function unpair(world: World, phone: string): Promise<void> {
  for (const device of world.devices.of(phone)) await world.devices.remove(device);
  world.changed();
}

/** JSON carries bytes as base64: the protocol's own reader takes both. */
const asIs = (message: proto.IMessage | undefined): proto.IMessage | undefined =>
  message === undefined ? undefined : proto.Message.fromObject(message);
