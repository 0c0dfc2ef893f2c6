import { jidDecode } from "@whiskeysockets/baileys";
import { createPerson, lidUserOf, type Person } from "./person.ts";
import type { Shelf } from "../shelf.ts";
import { createSignalPeer, type SignalPeer } from "./signal-peer.ts";

const PREFIX = "person/";

export type People = {
  /** The person of this phone, made when new. A name given replaces the one known. */
  readonly meet: (phone: string, name?: string) => Promise<Person>;
  /** The phone a JID stands for, by number or by LID; people nobody has met are known by their number alone. */
  readonly phoneOf: (jid: string) => string | undefined;
  readonly peerOf: (phone: string) => Promise<SignalPeer>;
  readonly nameOf: (phone: string) => string;
  readonly all: () => readonly Person[];
};

export function createPeople(shelf: Shelf): People {
  const persons = new Map<string, Person>();
  const byLid = new Map<string, string>();
  const peers = new Map<string, SignalPeer>();
  const remember = (person: Person): Person => {
    persons.set(person.phone, person);
    byLid.set(lidUserOf(person.phone), person.phone);
    return person;
  };
  for (const person of shelf.under(PREFIX)) remember(person as Person);

  const meet = async (phone: string, name?: string): Promise<Person> => {
    const known = persons.get(phone);
    if (known !== undefined && (name === undefined || name === known.name)) return known;
    const person = remember(known === undefined ? createPerson(phone, name ?? phone) : { ...known, name: name ?? known.name });
    await shelf.write([[PREFIX + phone, person]]);
    return person;
  };
  return {
    meet,
    phoneOf: (jid) => {
      const { user, server } = jidDecode(jid) ?? {};
      if (user === undefined || server === undefined) return undefined;
      return server === "lid" ? byLid.get(user) : user;
    },
    peerOf: async (phone) => {
      const person = await meet(phone);
      const peer = peers.get(phone) ?? createSignalPeer(person, shelf);
      peers.set(phone, peer);
      return peer;
    },
    nameOf: (phone) => persons.get(phone)?.name ?? phone,
    all: () => [...persons.values()],
  };
}
