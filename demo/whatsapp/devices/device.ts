import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Connection } from "../wire/connection.ts";
import { createMailbox, type Mailbox } from "./mailbox.ts";
import { lidJid, phoneJid } from "../people/person.ts";
import type { PreKeyBundle } from "../people/pre-key-bundle.ts";
import { createPreKeyStock, type PreKeyStock } from "./pre-key-stock.ts";
import type { Shelf } from "../shelf.ts";

/** What the server knows of a paired device. */
export type DeviceRecord = {
  readonly phone: string;
  /** 0 is the phone itself; the first paired device is 1. */
  readonly number: number;
  readonly noiseKey: Uint8Array;
  readonly bundle: Omit<PreKeyBundle, "preKey">;
  readonly platform: string;
  readonly pairedAt: number;
  readonly hasHistory: boolean;
};

/** A paired device: its record, its mail, and its connection while it has one. */
export class Device {
  record: DeviceRecord;
  readonly mailbox: Mailbox;
  readonly preKeys: PreKeyStock;
  connection: Connection | undefined;
  /** Mail goes out at once; it waits until the device has said that it is ready. */
  isReady = false;
  readonly #shelf: Shelf;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(record: DeviceRecord, shelf: Shelf) {
    const owner = `${record.phone}/${record.number}`;
    this.record = record;
    this.#shelf = shelf;
    this.mailbox = createMailbox(shelf, owner);
    this.preKeys = createPreKeyStock(shelf, owner);
  }

  get key(): string {
    return `device/${this.record.phone}/${this.record.number}`;
  }

  get jid(): string {
    return phoneJid(this.record.phone, this.record.number);
  }

  get lid(): string {
    return lidJid(this.record.phone, this.record.number);
  }

  async update(change: Partial<DeviceRecord>): Promise<void> {
    this.record = { ...this.record, ...change };
    await this.#shelf.write([[this.key, this.record]]);
  }

  async takeBundle(): Promise<PreKeyBundle> {
    return { ...this.record.bundle, preKey: await this.preKeys.take() };
  }

  /** Into the mailbox, and on the wire when the device is there. */
  async deliver(node: BinaryNode): Promise<void> {
    await this.mailbox.add(node);
    if (this.isReady) this.connection?.send(node);
  }

  /** One piece of work after the other, so that what is encrypted first is delivered first. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
