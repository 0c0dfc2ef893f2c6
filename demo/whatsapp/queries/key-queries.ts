import { jidDecode, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { readKey, readSignedKey, renderBundle, type PreKeyBundle } from "../people/pre-key-bundle.ts";
import { child, children, resultOf, stanza } from "../wire/stanza.ts";
import type { World } from "../world.ts";

/** The `encrypt` namespace: a device leaves its keys here and asks for those of others. */
export async function answerEncrypt(world: World, device: Device, iq: BinaryNode): Promise<BinaryNode> {
  const [request] = children(iq);
  switch (request?.tag) {
    case "count":
      return resultOf(iq, [stanza("count", { value: String(device.preKeys.count()) })]);
    case "digest":
      return resultOf(iq, [stanza("digest")]);
    case "rotate":
      await device.update({ bundle: { ...device.record.bundle, signedPreKey: readSignedKey(child(request, "skey")) } });
      return resultOf(iq);
    case "key": {
      const users = await Promise.all(children(request).map(({ attrs }) => bundleOf(world, attrs["jid"] ?? "")));
      return resultOf(iq, [stanza("list", {}, users)]);
    }
    case undefined:
    default:
      return storeKeys(device, iq);
  }
}

async function storeKeys(device: Device, iq: BinaryNode): Promise<BinaryNode> {
  const skey = child(iq, "skey");
  if (skey !== undefined) await device.update({ bundle: { ...device.record.bundle, signedPreKey: readSignedKey(skey) } });
  await device.preKeys.add(children(child(iq, "list")).map(readKey));
  return resultOf(iq);
}

async function bundleOf(world: World, jid: string): Promise<BinaryNode> {
  const bundle = await fetchBundle(world, jid);
  return bundle === undefined ? stanza("user", { jid }, [stanza("error", { code: "404", text: "item-not-found" })]) : renderBundle(jid, bundle);
}

async function fetchBundle(world: World, jid: string): Promise<PreKeyBundle | undefined> {
  if ((jidDecode(jid)?.device ?? 0) !== 0) return world.devices.findByJid(jid)?.takeBundle();
  const phone = world.people.phoneOf(jid);
  return phone === undefined ? undefined : (await world.people.peerOf(phone)).bundle();
}
