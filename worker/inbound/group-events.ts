import type { BaileysEventMap, GroupMetadata, WASocket } from "@whiskeysockets/baileys";
import { codeOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { GroupCache } from "../group-cache.ts";
import type { IngestPath } from "../ingest/delivery.ts";
import { toGroupItem, toMembershipItem, type GroupReport } from "./group-items.ts";

type GroupContext = { readonly socket: WASocket; readonly sessionId: string; readonly groupCache: GroupCache; readonly log: Logger };
type Report = (path: IngestPath, items: readonly (GroupReport | undefined)[]) => void;

/** Groups as they change: told to the API, and kept for sends (contract 5.5). Answers a function that stops listening. */
export function attachGroups({ socket, sessionId, groupCache, log }: GroupContext, report: Report): () => void {
  const upserted = (groups: BaileysEventMap["groups.upsert"]): void => {
    for (const group of groups) groupCache.set(sessionId, group);
    report("groups", groups.map(toGroupItem));
  };
  const updated = (groups: BaileysEventMap["groups.update"]): void => {
    for (const group of groups) if (group.id !== undefined) remember(group.id, group);
    report("groups", groups.map(toGroupItem));
  };
  const remember = (jid: string, update: Partial<GroupMetadata>): void => {
    const known = groupCache.get(sessionId, jid);
    if (known !== undefined) groupCache.set(sessionId, { ...known, ...update });
    else if (update.participants !== undefined) groupCache.set(sessionId, update as GroupMetadata);
    else askFor(jid);
  };
  /** With old members a send would leave out new ones, and reach those who left: it is asked anew before the next. */
  const membersChanged = (change: BaileysEventMap["group-participants.update"]): void => {
    groupCache.remove(sessionId, change.id);
    report("groups", [toMembershipItem(change)]);
    askFor(change.id);
  };
  const askFor = (jid: string): void => {
    void socket.groupMetadata(jid).then(
      (group) => groupCache.set(sessionId, group),
      (error: unknown) => log.debug({ sessionId, code: codeOf(error) }, "a group's metadata could not be had: the next send asks again"),
    );
  };
  socket.ev.on("groups.upsert", upserted);
  socket.ev.on("groups.update", updated);
  socket.ev.on("group-participants.update", membersChanged);
  return () => {
    socket.ev.off("groups.upsert", upserted);
    socket.ev.off("groups.update", updated);
    socket.ev.off("group-participants.update", membersChanged);
  };
}
