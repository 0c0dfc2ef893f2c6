import { objectOrNull } from "../whatsapp/wire.ts";

type JsonObject = Readonly<Record<string, unknown>>;

export type Change = { readonly actorJid: string; readonly at: Date } & (
  | { readonly kind: "reaction"; /** null takes it back */ readonly emoji: string | null }
  | { readonly kind: "edit"; readonly content: string | null }
  | { readonly kind: "delete" }
);

export type Changeable = { readonly content: string | null; readonly metadata: JsonObject };
type Reaction = { readonly from: string; readonly emoji: string; readonly at: string };

/** The message after the change; undefined when the change is older than what is stored, or changes nothing. */
export function changeMessage({ content, metadata }: Changeable, change: Change): Changeable | undefined {
  const at = change.at.toISOString();
  switch (change.kind) {
    case "reaction": {
      const reactions = changeReactions(reactionsOf(metadata), change, at);
      return reactions === undefined ? undefined : { content, metadata: withReactions(metadata, reactions) };
    }
    case "edit": {
      if ("deletedAt" in metadata || isAsNew(metadata["editedAt"], change.at)) return undefined;
      return { content: change.content, metadata: { ...metadata, editedAt: at } };
    }
    case "delete": {
      return "deletedAt" in metadata ? undefined : { content: null, metadata: { ...metadata, deletedAt: at } };
    }
  }
}

function changeReactions(reactions: readonly Reaction[], change: Extract<Change, { kind: "reaction" }>, at: string): readonly Reaction[] | undefined {
  const { actorJid: from, emoji } = change;
  const stored = reactions.find((each) => each.from === from);
  if (stored === undefined ? emoji === null : isAsNew(stored.at, change.at)) return undefined;
  const others = reactions.filter((each) => each.from !== from);
  return emoji === null ? others : [...others, { from, emoji, at }];
}

function withReactions(metadata: JsonObject, reactions: readonly Reaction[]): JsonObject {
  const { reactions: _before, ...rest } = metadata;
  return reactions.length === 0 ? rest : { ...rest, reactions };
}

function reactionsOf(metadata: JsonObject): readonly Reaction[] {
  const { reactions } = metadata;
  return Array.isArray(reactions) ? reactions.filter(isReaction) : [];
}

function isReaction(value: unknown): value is Reaction {
  const { from, emoji, at } = objectOrNull(value) ?? {};
  return typeof from === "string" && typeof emoji === "string" && typeof at === "string";
}

/** The stored stamp is this one or a later one. */
function isAsNew(stored: unknown, at: Date): boolean {
  return typeof stored === "string" && Date.parse(stored) >= at.getTime();
}
