import { createHash } from "node:crypto";
import { Curve, generateRegistrationId, signedKeyPair, type KeyPair, type SignedKeyPair } from "@whiskeysockets/baileys";
import { SERVER } from "../wire/stanza.ts";

/** Somebody with a phone: a contact, or the owner of an account that devices are paired to. */
export type Person = {
  readonly phone: string;
  readonly name: string;
  readonly identityKey: KeyPair;
  readonly signedPreKey: SignedKeyPair;
  readonly registrationId: number;
};

export function createPerson(phone: string, name: string): Person {
  const identityKey = Curve.generateKeyPair();
  return { phone, name, identityKey, signedPreKey: signedKeyPair(identityKey, 1), registrationId: generateRegistrationId() };
}

/** Fifteen digits that belong to one phone and say nothing of it. */
export function lidUserOf(phone: string): string {
  const number = createHash("sha256").update(`lid:${phone}`).digest().readUIntBE(0, 6);
  return String(100_000_000_000_000 + (number % 800_000_000_000_000));
}

const at = (user: string, device: number, server: string): string => `${user}${device === 0 ? "" : `:${device}`}@${server}`;

export const phoneJid = (phone: string, device = 0): string => at(phone, device, SERVER);

export const lidJid = (phone: string, device = 0): string => at(lidUserOf(phone), device, "lid");
