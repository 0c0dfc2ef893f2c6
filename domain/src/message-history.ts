import { z } from "zod";
import { boundMetadata, messageMetadata, type MessageMetadata } from "./message-metadata.ts";
import { isStorable, type ChangeItem } from "./ingest.ts";

/**
 * What reactions, edits and deletions make of a stored message. Pure; each can come twice, and after newer ones.
 * `removedReactions` is ours alone and never returned: without it a repeated older report would bring a removed reaction back.
 */
export type StoredMetadata = MessageMetadata & { readonly removedReactions?: readonly { readonly from: string; readonly at: string }[] };

export type StoredContent = { readonly content: string | null; readonly metadata: StoredMetadata };

/** Only changes write these. */
const CHANGE_KEYS: ReadonlySet<string> = new Set(["reactions", "editedAt", "deletedAt"]);

/** The keys of reported metadata that may be stored, each only in its own form. */
export function toStoredMetadata(reported: Readonly<Record<string, unknown>> | undefined): MessageMetadata {
  const kept: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(messageMetadata.shape)) {
    if (CHANGE_KEYS.has(key) || reported === undefined || !Object.hasOwn(reported, key)) continue;
    const parsed = schema.safeParse(reported[key]);
    if (parsed.success && isStorable(parsed.data)) kept[key] = parsed.data;
  }
  return boundMetadata(kept);
}

/** Reported again: content and metadata are what is reported now, reactions stay. Once edited or deleted nothing is. */
export function refresh(stored: StoredContent, reported: { readonly content: string | null; readonly metadata: MessageMetadata }): StoredContent {
  const { editedAt, deletedAt, reactions, removedReactions } = stored.metadata;
  if (editedAt !== undefined || deletedAt !== undefined) return stored;
  const kept = { ...(reactions === undefined ? {} : { reactions }), ...(removedReactions === undefined ? {} : { removedReactions }) };
  return { content: reported.content, metadata: { ...reported.metadata, ...kept } };
}

/** The message after a change; undefined when it knew that, or something newer. */
export function applyChange(stored: StoredContent, change: ChangeItem): StoredContent | undefined {
  const at = change.at.toISOString();
  switch (change.kind) {
    case "reaction":
      return react(stored, { from: change.actorJid, emoji: change.emoji, at });
    case "edit":
      return edit(stored, change.content === undefined || change.content === "" ? null : change.content, at);
    case "delete":
      if (stored.metadata.deletedAt !== undefined && stored.metadata.deletedAt >= at) return undefined;
      return { content: null, metadata: { ...stored.metadata, deletedAt: at } };
  }
}

function edit({ metadata }: StoredContent, content: string | null, at: string): StoredContent | undefined {
  const isOld = metadata.deletedAt !== undefined || (metadata.editedAt !== undefined && metadata.editedAt >= at);
  return isOld ? undefined : { content, metadata: { ...metadata, editedAt: at } };
}

type Reaction = { readonly from: string; readonly emoji: string | undefined; readonly at: string };

function react({ content, metadata }: StoredContent, { from, emoji, at }: Reaction): StoredContent | undefined {
  const { reactions = [], removedReactions = [], ...rest } = metadata;
  const known = [...reactions, ...removedReactions].find((each) => each.from === from);
  if (known !== undefined && known.at >= at) return undefined;
  const others = reactions.filter((each) => each.from !== from);
  const removed = removedReactions.filter((each) => each.from !== from);
  const next = emoji === undefined ? others : [...others, { from, emoji, at }];
  const tombs = emoji === undefined ? [...removed, { from, at }] : removed;
  const isListed = next.length > 0 || reactions.length > 0;
  return {
    content,
    metadata: { ...rest, ...(isListed ? { reactions: newestOf(next) } : {}), ...(tombs.length === 0 ? {} : { removedReactions: newestOf(tombs) }) },
  };
}

/** Of a large group only the newest are kept: metadata has a bound (contract 6.4). */
const MAX_REACTIONS = 100;

function newestOf<Each extends { readonly at: string }>(list: readonly Each[]): Each[] {
  if (list.length <= MAX_REACTIONS) return [...list];
  return list.toSorted((one, other) => (one.at < other.at ? 1 : -1)).slice(0, MAX_REACTIONS);
}

const changes = z.object({
  reactions: messageMetadata.shape.reactions.catch([]).default([]),
  editedAt: z.string().optional().catch(undefined),
  deletedAt: z.string().optional().catch(undefined),
});

/** What changes have made of a message, by its stored metadata. */
export function storedChanges(metadata: unknown): z.infer<typeof changes> {
  return changes.parse(typeof metadata === "object" && metadata !== null ? metadata : {});
}
