import type { Message } from "@ipnuo/domain/message";
import { formatBytes, formatDuration } from "./format.ts";

/** A box that stands for what is not text: media, places, cards. Placeholders belong to the screen, content stays null. */
export type Placeholder = { readonly label: string; readonly details: readonly string[] };

const LABELS: Readonly<Record<Message["messageType"], string | undefined>> = {
  TEXT: undefined,
  IMAGE: "Image",
  VIDEO: "Video",
  AUDIO: "Audio",
  DOCUMENT: "Document",
  STICKER: "Sticker",
  LOCATION: "Location",
  CONTACT: "Contact card",
  BUTTONS: "Buttons",
  LIST: "List",
};

export function placeholderOf(message: Message): Placeholder | undefined {
  const label = LABELS[message.messageType];
  if (label === undefined || isDeleted(message)) return undefined;
  const { metadata, mediaMimeType, mediaSize } = message;
  const seconds = metadata?.["seconds"];
  const details = [
    textOf(metadata?.["fileName"]),
    textOf(fieldOf(metadata?.["location"], "name")),
    textOf(fieldOf(metadata?.["location"], "address")),
    typeof seconds === "number" ? formatDuration(seconds) : undefined,
    mediaMimeType ?? undefined,
    mediaSize === null ? undefined : formatBytes(mediaSize),
  ].filter((detail) => detail !== undefined);
  return { label, details };
}

/** Said instead of a text that is not there. */
export function absentTextOf(message: Message): string | undefined {
  if (isDeleted(message)) return "This message was deleted";
  return message.content === null && message.messageType === "TEXT" ? "No text" : undefined;
}

export const isEdited = ({ metadata }: Message): boolean => typeof metadata?.["editedAt"] === "string";

/** Who of a group wrote it. */
export const authorOf = ({ metadata, fromMe }: Message): string | undefined => (fromMe ? undefined : textOf(metadata?.["pushName"]));

const isDeleted = ({ metadata, content }: Message): boolean => content === null && typeof metadata?.["deletedAt"] === "string";

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
