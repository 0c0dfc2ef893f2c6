import { isJidGroup, KEY_BUNDLE_TYPE, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "./device.ts";
import { resend } from "./incoming.ts";
import { phoneJid } from "./person.ts";
import { renderBundle } from "./pre-key-bundle.ts";
import { child, children, stanza, toBigEndian } from "./stanza.ts";
import { toSeconds, type World } from "./world.ts";

export type ReceiptType = "delivered" | "read" | "played";

export type Receipt = {
  readonly account: string;
  /** The contact whose phone it comes from. */
  readonly from: string;
  readonly id: string;
  readonly type: ReceiptType;
  /** The chat as the sender addressed it. */
  readonly to: string;
};

/** A contact's phone says how far it came with a message of an account, to every device of it. */
export async function sendReceipt(world: World, { account, from, id, type, to }: Receipt): Promise<void> {
  await world.ledger.tick(account, id, type === "delivered" ? "delivered" : "read");
  const origin = isJidGroup(to) ? { from: to, participant: phoneJid(from) } : { from: to };
  const node = stanza("receipt", { ...origin, id, type: type === "delivered" ? undefined : type, t: toSeconds(world.now()) });
  for (const device of world.devices.of(account)) await device.deliver(node);
}

type Undecryptable = { readonly phone: string; readonly node: BinaryNode; readonly count: number };

/** A phone that could not read a message asks its sender for it again, with fresh keys. */
export async function askAgain(world: World, device: Device, { phone, node, count }: Undecryptable): Promise<void> {
  const { id, to } = node.attrs;
  const bundle = await (await world.people.peerOf(phone)).bundle();
  const keys = children(renderBundle("", bundle)).filter(({ tag }) => tag !== "registration" && tag !== "type");
  const origin = isJidGroup(to) ? { from: to, participant: phoneJid(phone) } : { from: to };
  await device.deliver(
    stanza("receipt", { ...origin, id, type: "retry", t: toSeconds(world.now()) }, [
      stanza("retry", { count: String(count), id, t: toSeconds(world.now()), v: "1" }),
      stanza("registration", {}, toBigEndian(bundle.registrationId, 4)),
      stanza("keys", {}, [stanza("type", {}, KEY_BUNDLE_TYPE), ...keys]),
    ]),
  );
}

/** What a device says of the messages it got: it has them, it showed them, or it could not read one. */
export async function takeReceipt(world: World, device: Device, node: BinaryNode): Promise<void> {
  const { id = "", type, to } = node.attrs;
  device.connection?.send(stanza("ack", { class: "receipt", id, from: to, type }));
  await device.mailbox.acknowledge(node);
  if (type === "retry") {
    await resend(world, device, { id, count: Number(child(node, "retry")?.attrs["count"] ?? 1), receipt: node });
    return;
  }
  const isRead = type === "read" || type === "read-self" || type === "played";
  const ids = [id, ...children(child(node, "list")).map(({ attrs }) => attrs["id"] ?? "")];
  for (const each of ids) await world.ledger.tick(device.record.phone, each, isRead ? "read" : "delivered");
}
