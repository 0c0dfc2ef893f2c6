import { setTimeout as delay } from "node:timers/promises";
import type { Control } from "../demo/whatsapp/control.ts";

const TICK_MS = 20;
const CONTACTS_A_SESSION = 4;
const FIRST_CONTACT = 15_553_000_000;

/** By `performance.now()`: asked for, and encrypted and on the wire. */
export type Sent = { readonly id: string; readonly atMs: number; readonly wiredMs: number };
export type InboundLoad = { readonly phones: readonly string[]; readonly perSecond: number; readonly seconds: number };

/** Contacts write at a fixed rate, to all accounts in turn, whether or not anything comes back. Answers what was sent when. */
export async function sendAtRate(control: Control, { phones, perSecond, seconds }: InboundLoad): Promise<Sent[]> {
  const startedAt = performance.now();
  const sending: Promise<Sent>[] = [];
  const total = Math.round(perSecond * seconds);
  while (sending.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1_000) * perSecond));
    while (sending.length < due) sending.push(sendOne(control, phones, sending.length));
    await delay(TICK_MS);
  }
  return Promise.all(sending);
}

async function sendOne(control: Control, phones: readonly string[], index: number): Promise<Sent> {
  const account = index % phones.length;
  const contact = FIRST_CONTACT + account * CONTACTS_A_SESSION + (Math.floor(index / phones.length) % CONTACTS_A_SESSION);
  const atMs = performance.now();
  const id = await control.send({ to: phones[account] ?? "", from: String(contact), text: `message ${index}` });
  return { id, atMs, wiredMs: performance.now() };
}
