import { setTimeout as delay } from "node:timers/promises";
import { isJidGroup, jidDecode, proto, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { corrupt } from "./corrupt.ts";
import { describe } from "./describe.ts";
import { askAgain, sendReceipt } from "./receipts.ts";
import { bytes, child, children, stanza } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

/** A message a device sends: decrypted by the phones it is for, handed on to other devices, acknowledged as the server's manners say. */
export async function takeMessage(world: World, device: Device, node: BinaryNode): Promise<void> {
  const { conduct } = world;
  const acks = conduct.acks;
  world.ledger.countStanza(node.attrs["id"] ?? "");
  switch (acks.mode) {
    case "cut":
      device.connection?.terminate();
      return;
    case "error":
      sendAck(world, device, node, acks.code);
      return;
    case "dropped":
      await accept(world, device, node);
      return;
    case "slow":
      await accept(world, device, node);
      void delay(acks.delayMs).then(() => sendAck(world, device, node));
      return;
    case "prompt":
      await accept(world, device, node, () => sendAck(world, device, node));
      return;
  }
}

function sendAck(world: World, device: Device, { attrs }: BinaryNode, error?: number): void {
  const to = { from: attrs["to"], participant: attrs["participant"] };
  device.connection?.send(stanza("ack", { class: "message", id: attrs["id"], ...to, t: toSeconds(world.now()), error: error?.toString() }));
}

async function accept(world: World, device: Device, node: BinaryNode, acknowledge?: () => void): Promise<void> {
  const got: { readonly phone: string; readonly message: proto.Message }[] = [];
  for (const { jid, enc } of copiesOf(node)) {
    const phone = world.people.phoneOf(jid);
    if (phone === undefined) continue;
    if ((jidDecode(jid)?.device ?? 0) !== 0) await forward(world, device, { jid, enc, node });
    else got.push(...(await open(world, device, { phone, enc, node })));
  }
  const group = node.attrs["to"];
  const skmsg = children(node).find(({ tag, attrs }) => tag === "enc" && attrs["type"] === "skmsg");
  if (group !== undefined && skmsg !== undefined) got.push(...(await openForGroup(world, device, group, skmsg)));
  acknowledge?.();
  for (const { phone, message } of got) if (phone !== device.record.phone) await record(world, device, { phone, message, node });
}

type Copy = { readonly jid: string; readonly enc: BinaryNode };

/** One for each device it was encrypted for; a message sent again is for one alone. */
function copiesOf(node: BinaryNode): Copy[] {
  const participants = child(node, "participants");
  if (participants !== undefined)
    return children(participants).flatMap((to) => {
      const enc = child(to, "enc");
      return enc === undefined ? [] : [{ jid: to.attrs["jid"] ?? "", enc }];
    });
  const enc = child(node, "enc");
  if (enc === undefined || enc.attrs["type"] === "skmsg") return [];
  return [{ jid: node.attrs["participant"] ?? node.attrs["to"] ?? "", enc }];
}

type Sealed = { readonly phone: string; readonly enc: BinaryNode; readonly node: BinaryNode };

/** What the phone reads; nothing when it cannot, and then it asks for the message again, as a phone does. */
async function open(world: World, device: Device, { phone, enc, node }: Sealed): Promise<{ phone: string; message: proto.Message }[]> {
  const peer = await world.people.peerOf(phone);
  const sealed = world.conduct.isGarbling ? corrupt(bytes(enc)) : bytes(enc);
  try {
    const message = await peer.decrypt(device.lid, enc.attrs["type"] === "pkmsg" ? "pkmsg" : "msg", sealed);
    await peer.learnSenderKey(device.lid, message);
    const hasContent = Object.keys(message).some((key) => key !== "senderKeyDistributionMessage" && key !== "messageContextInfo");
    return hasContent ? [{ phone, message }] : [];
  } catch (error) {
    world.ledger.countUndecryptable(node.attrs["id"] ?? "", error);
    if (phone !== device.record.phone) await askAgain(world, device, { phone, node, count: Number(enc.attrs["count"] ?? 0) + 1 });
    return [];
  }
}

async function openForGroup(world: World, device: Device, group: string, skmsg: BinaryNode): Promise<{ phone: string; message: proto.Message }[]> {
  const got = [];
  for (const phone of world.groups.members(group)) {
    if (phone === device.record.phone) continue;
    const peer = await world.people.peerOf(phone);
    try {
      got.push({ phone, message: await peer.decryptFromGroup(group, device.lid, bytes(skmsg)) });
    } catch (error) {
      world.ledger.countUndecryptable(group, error);
    }
  }
  return got;
}

/** To another paired device: as it is, the server cannot read it. */
async function forward(world: World, device: Device, { jid, enc, node }: Copy & { readonly node: BinaryNode }): Promise<void> {
  const target = world.devices.findByJid(jid);
  if (target === undefined || target === device) return;
  const isOwn = target.record.phone === device.record.phone;
  const { id, type, to } = node.attrs;
  const attributes = isJidGroup(to) ? { from: to, participant: device.jid } : { from: device.jid, recipient: isOwn ? to : undefined };
  await target.deliver(stanza("message", { id, type, ...attributes, sender_lid: device.lid, t: toSeconds(world.now()) }, [enc]));
}

async function record(
  world: World,
  device: Device,
  { phone, message, node }: { phone: string; message: proto.Message; node: BinaryNode },
): Promise<void> {
  const { id = "", to = "" } = node.attrs;
  const isGroup = isJidGroup(to) === true;
  await world.ledger.add({
    id,
    account: device.record.phone,
    chat: isGroup ? to : phone,
    from: device.record.phone,
    readers: [],
    ...describe(message),
    at: world.now().toISOString(),
    tick: "sent",
    message: message.toJSON(),
  });
  await world.ledger.reach(device.record.phone, id, phone);
  if (world.conduct.receipts === "none") return;
  await sendReceipt(world, { account: device.record.phone, from: phone, id, type: "delivered", to });
  if (world.conduct.receipts === "read") await sendReceipt(world, { account: device.record.phone, from: phone, id, type: "read", to });
}
