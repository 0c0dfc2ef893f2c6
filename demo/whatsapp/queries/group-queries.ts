import { jidDecode, type BinaryNode } from "@whiskeysockets/baileys";
import type { Device } from "../devices/device.ts";
import { changeGroup, createGroup } from "../groups/group-changes.ts";
import { renderGroup } from "../groups/group-nodes.ts";
import { bytes, child, children, errorOf, resultOf, stanza } from "../wire/stanza.ts";
import type { World } from "../world.ts";

/** The `w:g2` namespace: a device asks about groups, makes and changes them. */
export async function answerGroups(world: World, device: Device, iq: BinaryNode): Promise<BinaryNode> {
  const [request] = children(iq);
  const { phone } = device.record;
  const own = world.groups.all().filter(({ members }) => members.some((member) => member.phone === phone));
  if (request === undefined) return errorOf(iq, 400, "bad-request");
  if (request.tag === "participating") return resultOf(iq, [stanza("groups", {}, own.map(renderGroup))]);
  if (request.tag === "create") {
    const members = phonesOf(world, request);
    const jid = await createGroup(world, { subject: request.attrs["subject"] ?? "", owner: phone, members });
    return resultOf(
      iq,
      children(
        stanza(
          "list",
          {},
          world.groups
            .all()
            .filter((group) => group.jid === jid)
            .map(renderGroup),
        ),
      ),
    );
  }
  const isLeaving = request.tag === "leave";
  const jid = isLeaving ? (child(request, "group")?.attrs["id"] ?? "") : (iq.attrs["to"] ?? "");
  const group = world.groups.get(jid);
  if (group === undefined) return errorOf(iq, 404, "item-not-found");
  if (!own.includes(group)) return errorOf(iq, 403, "forbidden");
  switch (request.tag) {
    case "query":
      return resultOf(iq, [renderGroup(group)]);
    case "leave":
      await changeGroup(world, jid, { action: "remove", phones: [phone], by: phone });
      return resultOf(iq);
    case "subject":
      await changeGroup(world, jid, { action: "subject", text: bytes(request).toString(), by: phone });
      return resultOf(iq);
    case "description":
      await changeGroup(world, jid, { action: "description", text: bytes(child(request, "body")).toString(), by: phone });
      return resultOf(iq);
    case "add":
    case "remove":
    case "promote":
    case "demote":
      await changeGroup(world, jid, { action: request.tag, phones: phonesOf(world, request), by: phone });
      return resultOf(iq, [request]);
    default:
      return resultOf(iq);
  }
}

const phonesOf = (world: World, request: BinaryNode): string[] =>
  children(request).flatMap(({ attrs }) => world.people.phoneOf(attrs["jid"] ?? "") ?? jidDecode(attrs["jid"] ?? "")?.user ?? []);
