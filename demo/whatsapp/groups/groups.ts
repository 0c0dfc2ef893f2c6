import type { Addressing } from "../messages/incoming.ts";
import type { Shelf } from "../shelf.ts";

const PREFIX = "group/";

export type Member = { readonly phone: string; readonly role: "member" | "admin" | "owner" };

export type Group = {
  readonly jid: string;
  readonly subject: string;
  readonly description: string;
  /** In seconds. */
  readonly createdAt: number;
  /** How its members are named on the wire. */
  readonly addressing: Addressing;
  readonly members: readonly Member[];
};

export type Groups = {
  readonly put: (group: Group) => Promise<void>;
  readonly get: (jid: string) => Group | undefined;
  readonly all: () => readonly Group[];
  readonly members: (jid: string) => readonly string[];
};

export function createGroups(shelf: Shelf): Groups {
  const groups = new Map((shelf.under(PREFIX) as readonly Group[]).map((group) => [group.jid, group]));
  return {
    put: async (group) => {
      groups.set(group.jid, group);
      await shelf.write([[PREFIX + group.jid, group]]);
    },
    get: (jid) => groups.get(jid),
    all: () => [...groups.values()],
    members: (jid) => groups.get(jid)?.members.map(({ phone }) => phone) ?? [],
  };
}
