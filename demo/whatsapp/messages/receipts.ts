import { isJidGroup, KEY_BUNDLE_TYPE, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { memberJid, resend } from "./incoming.ts";
import { answerMediaRetry } from "../media/media-retry.ts";
import { renderBundle } from "../people/pre-key-bundle.ts";
import { child, children, stanza, toBigEndian } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

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
  const node = stanza("receipt", { ...originOf(world, from, to), id, type: type === "delivered" ? undefined : type, t: toSeconds(world.now()) });
  for (const device of world.devices.of(account)) await device.deliver(node);
}

/** The chat it is about; in a group, also whose phone says it. */
function originOf(world: World, phone: string, to: string | undefined): Record<string, string | undefined> {
  const group = isJidGroup(to) ? world.groups.get(to ?? "") : undefined;
  return { from: to, participant: group === undefined ? undefined : memberJid(phone, group.addressing) };
}

type Undecryptable = { readonly phone: string; readonly node: BinaryNode; readonly count: number };

/** A phone that could not read a message asks its sender for it again, with fresh keys. */
export async function askAgain(world: World, device: Device, { phone, node, count }: Undecryptable): Promise<void> {
  const { id, to } = node.attrs;
  const bundle = await (await world.people.peerOf(phone)).bundle();
  const keys = children(renderBundle("", bundle)).filter(({ tag }) => tag !== "registration" && tag !== "type");
  await device.deliver(
    stanza("receipt", { ...originOf(world, phone, to), id, type: "retry", t: toSeconds(world.now()) }, [
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
  if (type === "server-error") {
    await answerMediaRetry(world, device, node);
    return;
  }
  await device.mailbox.acknowledge(node);
  if (type === "retry") {
    await resend(world, device, { id, count: Number(child(node, "retry")?.attrs["count"] ?? 1), receipt: node });
    return;
  }
  const isRead = type === "read" || type === "read-self" || type === "played";
  const ids = [id, ...children(child(node, "list")).map(({ attrs }) => attrs["id"] ?? "")];
  for (const each of ids) await world.ledger.tick(device.record.phone, each, isRead ? "read" : "delivered");
}
