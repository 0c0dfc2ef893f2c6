import { objectOrNull } from "../whatsapp/wire.ts";

export type Participant = { readonly jid: string; readonly admin: boolean };
export type GroupAction = "add" | "remove" | "promote" | "demote";

const MAX_PARTICIPANTS = 1_024;

/** Who a group's row says is in it. */
export function storedParticipants(metadata: unknown): readonly Participant[] {
  const participants = objectOrNull(metadata)?.["participants"];
  return Array.isArray(participants) ? participants.filter(isParticipant) : [];
}

/** Everybody once, as many as a row keeps. */
export function boundParticipants(participants: readonly Participant[]): readonly Participant[] {
  return [...new Map(participants.map((each) => [each.jid, each])).values()].slice(0, MAX_PARTICIPANTS);
}

/** The list after somebody came, went, or got another part. */
export function applyAction(participants: readonly Participant[], action: GroupAction, jids: readonly string[]): readonly Participant[] {
  const affected = new Set(jids);
  switch (action) {
    case "add": {
      const known = new Set(participants.map(({ jid }) => jid));
      return boundParticipants([...participants, ...jids.filter((jid) => !known.has(jid)).map((jid) => ({ jid, admin: false }))]);
    }
    case "remove":
      return participants.filter(({ jid }) => !affected.has(jid));
    case "promote":
    case "demote":
      return participants.map((each) => (affected.has(each.jid) ? { ...each, admin: action === "promote" } : each));
  }
}

/** The same people with the same parts, in whatever order. */
export function isSameGroup(a: readonly Participant[], b: readonly Participant[]): boolean {
  const textOf = (list: readonly Participant[]): string =>
    list
      .map(({ jid, admin }) => `${jid} ${admin}`)
      .toSorted()
      .join("\n");
  return textOf(a) === textOf(b);
}

function isParticipant(value: unknown): value is Participant {
  const { jid, admin } = objectOrNull(value) ?? {};
  return typeof jid === "string" && typeof admin === "boolean";
}
