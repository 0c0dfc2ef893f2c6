import { proto, type BinaryNode } from "@whiskeysockets/baileys";
import type { Connection, NodeHandler } from "../wire/connection.ts";
import type { Device } from "./device.ts";
import { disconnect, failure } from "../wire/disconnects.ts";
import { sendHistory } from "./history.ts";
import type { ClientHandshake } from "../wire/noise.ts";
import { takeMessage } from "../messages/outgoing.ts";
import { answerQuery } from "../queries/queries.ts";
import { takeReceipt } from "../messages/receipts.ts";
import { child, stanza } from "../wire/stanza.ts";
import { toSeconds, type World } from "../world.ts";

const UNKNOWN_DEVICE = 401;

/** Lets a paired device in, or says why not. The device's older connection is told that it was replaced. */
export function login(world: World, connection: Connection, { payload, noiseKey }: ClientHandshake): NodeHandler {
  const phone = String(payload.username ?? "");
  const device = world.devices.find(phone, payload.device ?? 0);
  const isTheDevice = device !== undefined && noiseKey.equals(Buffer.from(device.record.noiseKey));
  const refusal = world.conduct.refusals.get(phone);
  if (!isTheDevice || refusal !== undefined) {
    connection.send(failure(isTheDevice ? (refusal ?? UNKNOWN_DEVICE) : UNKNOWN_DEVICE));
    connection.close();
    return () => {};
  }
  if (device.connection !== undefined) disconnect(device.connection, 440);
  device.isReady = false;
  device.connection = connection;
  void connection.closed.then(() => {
    if (device.connection !== connection) return;
    device.connection = undefined;
    device.isReady = false;
    world.changed();
  });
  connection.send(stanza("success", { t: toSeconds(world.now()), lid: device.lid, props: "3", location: "cln" }));
  return (node) => takeNode(world, device, node);
}

async function takeNode(world: World, device: Device, node: BinaryNode): Promise<void> {
  switch (node.tag) {
    case "iq":
      device.connection?.send(await answerQuery(world, device, node));
      if (node.attrs["xmlns"] === "passive" && child(node, "active") !== undefined) await sendMail(world, device);
      if (child(node, "remove-companion-device") !== undefined) device.connection?.close();
      break;
    case "message":
      await takeMessage(world, device, node);
      break;
    case "receipt":
      await takeReceipt(world, device, node);
      break;
    case "ack":
      await device.mailbox.acknowledge(node);
      break;
    default:
      break;
  }
}

/** What waited, marked as such, and then how much it was. From here on, mail goes out as it comes. */
async function sendMail(world: World, device: Device): Promise<void> {
  const waiting = device.mailbox.waiting();
  for (const { tag, attrs, content } of waiting) device.connection?.send(stanza(tag, { ...attrs, offline: "0" }, content));
  device.connection?.send(stanza("ib", {}, [stanza("offline", { count: String(waiting.length) })]));
  device.isReady = true;
  world.changed();
  if (!device.record.hasHistory) await sendHistory(world, device);
}

export const isRegistration = (payload: proto.ClientPayload): boolean =>
  payload.username === null || payload.username === undefined || Number(payload.username) === 0;
