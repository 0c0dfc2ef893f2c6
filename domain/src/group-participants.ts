import { z } from "zod";
import type { GroupItem } from "./ingest.ts";
import { parseJid } from "./jid.ts";

const participant = z.object({ jid: z.string(), admin: z.boolean() });
export type Participant = z.infer<typeof participant>;

const MAX_PARTICIPANTS = 1_024;

/** The participants a group's stored metadata names. */
export function storedParticipants(metadata: unknown): Participant[] {
  const parsed = z.object({ participants: z.array(participant) }).safeParse(metadata);
  return parsed.success ? parsed.data.participants : [];
}

/** Participants after a report: the list it gives, else what its action makes of the stored one. */
export function participantsAfter(stored: readonly Participant[], { participants, action, jids = [] }: GroupItem): Participant[] {
  if (participants !== undefined) return normalized(participants);
  const affected = new Set(validJids(jids));
  switch (action) {
    case undefined:
      return [...stored];
    case "add": {
      const known = new Set(stored.map(({ jid }) => jid));
      return [...stored, ...[...affected].filter((jid) => !known.has(jid)).map((jid) => ({ jid, admin: false }))].slice(0, MAX_PARTICIPANTS);
    }
    case "remove":
      return stored.filter(({ jid }) => !affected.has(jid));
    case "promote":
    case "demote":
      return stored.map((each) => (affected.has(each.jid) ? { ...each, admin: action === "promote" } : each));
  }
}

/** Canonical, each once; what is no address is nobody. */
export function validJids(jids: readonly string[]): string[] {
  return [...new Set(jids.flatMap((jid) => parseJid(jid)?.jid ?? []))];
}

function normalized(participants: readonly Participant[]): Participant[] {
  const byJid = new Map(participants.flatMap(({ jid, admin }) => (parseJid(jid) === undefined ? [] : [[parseJid(jid)?.jid ?? jid, admin] as const])));
  return [...byJid].map(([jid, admin]) => ({ jid, admin }));
}
