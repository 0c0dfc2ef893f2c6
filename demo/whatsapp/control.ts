import { jidDecode, type proto } from "@whiskeysockets/baileys";
import type { AckMode, ReceiptMode } from "./conduct.ts";
import { disconnect, type DisconnectCode } from "./disconnects.ts";
import type { Gateway } from "./gateway.ts";
import { sendMessage, type Addressing } from "./incoming.ts";
import type { Entry } from "./ledger.ts";
import { phoneJid } from "./person.ts";
import { sendReceipt, type ReceiptType } from "./receipts.ts";
import { parseQr } from "./registration.ts";
import type { World } from "./world.ts";

export type Send = {
  /** The phone of the account that gets it. */
  readonly to: string;
  /** The phone of the contact who writes it. */
  readonly from: string;
  readonly name?: string;
  readonly text?: string;
  /** Any message of the protocol, instead of a text. */
  readonly message?: proto.IMessage;
  readonly id?: string;
  readonly addressing?: Addressing;
  readonly group?: string;
  readonly isCorrupted?: boolean;
};

/** What the account's owner writes on the phone. */
export type SendFromPhone = {
  readonly account: string;
  readonly to: string;
  readonly text?: string;
  readonly message?: proto.IMessage;
  readonly addressing?: Addressing;
};

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
};

/** What a test, the demo or the phone page does with this world. */
export type Control = {
  readonly scan: (qrText: string, owner: { readonly phone: string; readonly name?: string }) => Promise<void>;
  readonly send: (message: Send) => Promise<string>;
  readonly sendFromPhone: (message: SendFromPhone) => Promise<string>;
  /** What a contact's phone shows of what accounts sent, in order. */
  readonly received: (contact: string) => readonly Received[];
  /** How often an id came on the wire, shown or not. */
  readonly stanzas: (id: string) => number;
  readonly disconnect: (phone: string, code: DisconnectCode) => Promise<void>;
  /** Refuses this account's logins with a code, until told otherwise. */
  readonly refuseLogins: (phone: string, code: number | undefined) => void;
  readonly acks: (mode: AckMode) => void;
  readonly receipts: (mode: ReceiptMode) => void;
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
    send: async ({ to, from, name, text, message, ...rest }) => {
      await world.people.meet(from, name);
      return sendMessage(world, { account: to, from, ...rest, message: message ?? { conversation: text ?? "" } });
    },
    sendFromPhone: ({ account, to, addressing, text, message }) =>
      sendMessage(world, {
        account,
        from: account,
        to,
        ...(addressing === undefined ? {} : { addressing }),
        message: message ?? { conversation: text ?? "" },
      }),
    received: (contact) =>
      world.ledger
        .entries()
        .filter(({ readers }) => readers.includes(contact))
        .map((entry) => ({ ...entry, stanzas: world.ledger.stanzas(entry.id) })),
    stanzas: (id) => world.ledger.stanzas(id),
    disconnect: async (phone, code) => {
      const online = world.devices.of(phone).filter(({ connection }) => connection !== undefined);
      if (code === 401) await unpair(world, phone);
      for (const { connection } of online) if (connection !== undefined) disconnect(connection, code);
    },
    refuseLogins: (phone, code) => void (code === undefined ? world.conduct.refusals.delete(phone) : world.conduct.refusals.set(phone, code)),
    acks: (mode) => void (world.conduct.acks = mode),
    receipts: (mode) => void (world.conduct.receipts = mode),
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
      world.devices.all().map(({ record: { phone, number }, connection, mailbox }) => ({
        phone,
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
}
