import { jidDecode } from "@whiskeysockets/baileys";
import { Device, type DeviceRecord } from "./device.ts";
import { lidUserOf } from "../people/person.ts";
import type { Shelf } from "../shelf.ts";

export type Devices = {
  /** The number the next device of this phone gets. */
  readonly nextNumber: (phone: string) => number;
  readonly pair: (record: DeviceRecord) => Promise<Device>;
  readonly find: (phone: string, number: number) => Device | undefined;
  /** By number or by LID, device included. */
  readonly findByJid: (jid: string) => Device | undefined;
  readonly of: (phone: string) => readonly Device[];
  readonly all: () => readonly Device[];
  /** Unpairs: its record, its keys and its mail are gone. */
  readonly remove: (device: Device) => Promise<void>;
};

export function createDevices(shelf: Shelf): Devices {
  const devices = new Set((shelf.under("device/") as readonly DeviceRecord[]).map((record) => new Device(record, shelf)));
  const all = (): Device[] => [...devices];
  const of = (phone: string): Device[] => all().filter(({ record }) => record.phone === phone);
  const find = (phone: string, number: number): Device | undefined => of(phone).find(({ record }) => record.number === number);
  return {
    nextNumber: (phone) => {
      const number = ((shelf.get(counterOf(phone)) as number | undefined) ?? 0) + 1;
      void shelf.write([[counterOf(phone), number]]);
      return number;
    },
    pair: async (record) => {
      const device = new Device(record, shelf);
      devices.add(device);
      await shelf.write([[device.key, record]]);
      return device;
    },
    find,
    findByJid: (jid) => {
      const { user, device: number } = jidDecode(jid) ?? {};
      return all().find(({ record }) => record.number === number && (user === record.phone || user === lidUserOf(record.phone)));
    },
    of,
    all,
    remove: async (device) => {
      devices.delete(device);
      await device.mailbox.clear();
      await device.preKeys.clear();
      await shelf.write([[device.key, undefined]]);
    },
  };
}

const counterOf = (phone: string): string => `device-counter/${phone}`;
