import { isLidUser, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { lidJid, phoneJid } from "../people/person.ts";
import { bytes, child, children, resultOf, stanza } from "../wire/stanza.ts";
import type { World } from "../world.ts";

/** Who is asked about: by JID, or by number when the question is whether it has WhatsApp. */
type Asked = { readonly jid: string; readonly phone: string | undefined };

/** Answers which devices, LIDs and accounts people have. */
export async function answerUsync(world: World, _device: Device, iq: BinaryNode): Promise<BinaryNode> {
  const usync = child(iq, "usync");
  const protocols = children(child(usync, "query")).map(({ tag }) => tag);
  const asked = children(child(usync, "list")).map((user) => toAsked(world, user));
  for (const { phone } of asked) if (phone !== undefined) await world.people.meet(phone);
  const users = asked.map((one) =>
    stanza(
      "user",
      { jid: one.jid },
      protocols.flatMap((protocol) => answerOf(world, one, protocol) ?? []),
    ),
  );
  return resultOf(iq, [stanza("usync", {}, [stanza("result"), stanza("list", {}, users)])]);
}

function toAsked(world: World, user: BinaryNode): Asked {
  const jid = user.attrs["jid"];
  if (jid !== undefined) return { jid, phone: world.people.phoneOf(jid) };
  const phone = bytes(child(user, "contact")).toString().replace(/^\+/, "");
  return { jid: phoneJid(phone), phone };
}

function answerOf(world: World, { jid, phone }: Asked, protocol: string): BinaryNode | undefined {
  switch (protocol) {
    case "devices":
      return phone === undefined ? undefined : stanza("devices", {}, [stanza("device-list", {}, devicesOf(world, phone))]);
    case "lid":
      return phone === undefined || isLidUser(jid) ? undefined : stanza("lid", { val: lidJid(phone) });
    case "contact":
      return stanza("contact", { type: phone !== undefined && !world.conduct.absentees.has(phone) ? "in" : "out" });
    default:
      return undefined;
  }
}

/** The phone itself and what is paired to it. */
const devicesOf = (world: World, phone: string): BinaryNode[] => [
  stanza("device", { id: "0" }),
  ...world.devices.of(phone).map(({ record }) => stanza("device", { id: String(record.number), "key-index": String(record.number) })),
];
