import { jidDecode, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { answerGroups } from "./group-queries.ts";
import { answerEncrypt } from "./key-queries.ts";
import { errorOf, child, children, resultOf, stanza } from "../wire/stanza.ts";
import { answerUsync } from "./usync.ts";
import type { World } from "../world.ts";

type Answer = (world: World, device: Device, iq: BinaryNode) => Promise<BinaryNode> | BinaryNode;

const PRIVACY = ["readreceipts", "last", "online", "profile", "groupadd", "status"];

/** By namespace. What is not here gets an empty result, as a client that only informs expects. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  encrypt: answerEncrypt,
  usync: answerUsync,
  abt: (_world, _device, iq) => resultOf(iq, [stanza("props", { protocol: "1" })]),
  blocklist: (_world, _device, iq) => resultOf(iq, [stanza("list")]),
  privacy: (_world, _device, iq) =>
    child(iq, "tokens") === undefined
      ? resultOf(iq, [
          stanza(
            "privacy",
            {},
            PRIVACY.map((name) => stanza("category", { name, value: "all" })),
          ),
        ])
      : resultOf(iq),
  "w:sync:app:state": (_world, _device, iq) =>
    resultOf(iq, [
      stanza(
        "sync",
        {},
        children(child(iq, "sync")).map(({ attrs }) =>
          stanza("collection", { name: attrs["name"], version: attrs["version"] }, [stanza("patches", {}, [])]),
        ),
      ),
    ]),
  "w:m": (world, _device, iq) =>
    resultOf(iq, [
      stanza("media_conn", { auth: "loopback", ttl: "300", auth_ttl: "300", max_buckets: "1" }, [stanza("host", { hostname: world.media.host })]),
    ]),
  "w:g2": answerGroups,
  md: async (world, device, iq) => {
    const removed = child(iq, "remove-companion-device");
    if (removed === undefined) return resultOf(iq);
    const number = jidDecode(removed.attrs["jid"] ?? "")?.device;
    if (number !== device.record.number) return errorOf(iq, 403, "a device may unpair itself only");
    await world.devices.remove(device);
    return resultOf(iq);
  },
};

/** Answers an iq of a device. */
export async function answerQuery(world: World, device: Device, iq: BinaryNode): Promise<BinaryNode> {
  const answer = ANSWERS[iq.attrs["xmlns"] ?? ""];
  return answer === undefined ? resultOf(iq) : answer(world, device, iq);
}
