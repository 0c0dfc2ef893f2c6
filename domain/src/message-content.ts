import type { MessageType } from "./enums.ts";
import type { MessageMetadata } from "./message-metadata.ts";
import { phonesOfVcard } from "./vcard.ts";
import type {
  ContactCard,
  ContextInfo,
  DocumentMessage,
  LocationMessage,
  Maybe,
  MediaMessage,
  MessageContent,
  PollMessage,
} from "./whatsapp-message.ts";
import { toCount, toFileName, toMimeType, toText } from "./wire-values.ts";

export type MediaDescriptor = { readonly mimeType: string; readonly size: number | null; readonly fileName: string | null };

/** What one kind of content says, in the contract's terms. */
export type ContentReading = {
  readonly messageType: MessageType;
  readonly content: string | null;
  readonly metadata: MessageMetadata;
  readonly media: MediaDescriptor | null;
  readonly contextInfo: Maybe<ContextInfo>;
};

type Reader<Kind extends keyof MessageContent> = (value: NonNullable<MessageContent[Kind]>) => ContentReading;

/** Each kind of content a person can send, and how it reads. The order decides when a message carries several. */
const READERS: { readonly [Kind in keyof MessageContent]?: Reader<Kind> } = {
  conversation: (text) => reading("TEXT", { content: text }),
  extendedTextMessage: (text) => reading("TEXT", { content: text.text, contextInfo: text.contextInfo }),
  imageMessage: (media) => readMedia("IMAGE", media, media.caption),
  videoMessage: (media) => readMedia("VIDEO", media, media.caption),
  ptvMessage: (media) => readMedia("VIDEO", media, media.caption),
  audioMessage: (media) => readMedia("AUDIO", media, null),
  stickerMessage: (media) => readMedia("STICKER", media, null),
  documentMessage: readDocument,
  locationMessage: readLocation,
  liveLocationMessage: readLocation,
  contactMessage: (card) => readContacts([card], card.displayName, card.contextInfo),
  contactsArrayMessage: (list) => readContacts(list.contacts ?? [], list.displayName, list.contextInfo),
  pollCreationMessage: readPoll,
  pollCreationMessageV2: readPoll,
  pollCreationMessageV3: readPoll,
  pollCreationMessageV5: readPoll,
  buttonsMessage: (buttons) => reading("BUTTONS", { content: toText(buttons.contentText) ?? buttons.text, contextInfo: buttons.contextInfo }),
  buttonsResponseMessage: (answer) => readAnswer("BUTTONS", answer.selectedDisplayText, answer.selectedButtonId, answer.contextInfo),
  templateMessage: (template) => {
    const hydrated = template.hydratedTemplate ?? template.hydratedFourRowTemplate;
    return reading("BUTTONS", { content: toText(hydrated?.hydratedContentText) ?? hydrated?.hydratedTitleText, contextInfo: template.contextInfo });
  },
  templateButtonReplyMessage: (answer) => readAnswer("BUTTONS", answer.selectedDisplayText, answer.selectedId, answer.contextInfo),
  interactiveMessage: (message) => reading("BUTTONS", { content: message.body?.text, contextInfo: message.contextInfo }),
  interactiveResponseMessage: (answer) =>
    readAnswer("BUTTONS", answer.body?.text, flowAnswerId(answer.nativeFlowResponseMessage?.paramsJson), answer.contextInfo),
  listMessage: (list) => reading("LIST", { content: toText(list.description) ?? list.title, contextInfo: list.contextInfo }),
  listResponseMessage: (answer) => readAnswer("LIST", answer.title, answer.singleSelectReply?.selectedRowId, answer.contextInfo),
};

/** Fields that accompany a message or keep the protocol going: alone they say nothing to a person. */
const HOUSEKEEPING: ReadonlySet<string> = new Set([
  "messageContextInfo",
  "senderKeyDistributionMessage",
  "fastRatchetKeySenderKeyDistributionMessage",
  "protocolMessage",
  "reactionMessage",
  "encReactionMessage",
  "pollUpdateMessage",
  "encEventResponseMessage",
  "encCommentMessage",
  "secretEncryptedMessage",
  "keepInChatMessage",
  "pinInChatMessage",
  "placeholderMessage",
]);

/** Reads the first kind that is there. Unknown kinds read as TEXT without content; nothing but housekeeping is undefined. */
export function readContent(content: MessageContent): ContentReading | undefined {
  for (const kind of Object.keys(READERS) as (keyof MessageContent)[]) {
    const value = content[kind];
    if (value === null || value === undefined || value === "") continue;
    return (READERS[kind] as (value: unknown) => ContentReading)(value);
  }
  const unknown = Object.entries(content).find(([kind, value]) => isContent(value) && !HOUSEKEEPING.has(kind));
  return unknown === undefined ? undefined : reading("TEXT", { metadata: { unsupported: unknown[0] } });
}

/** Every field of the protocol that says something is a message of its own. */
function isContent(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

type Said = {
  readonly content?: Maybe<string>;
  readonly metadata?: MessageMetadata;
  readonly media?: MediaDescriptor;
  readonly contextInfo?: Maybe<ContextInfo>;
};

function reading(messageType: MessageType, { content, metadata = {}, media, contextInfo }: Said): ContentReading {
  return { messageType, content: toText(content), metadata, media: media ?? null, contextInfo };
}

function readMedia(messageType: MessageType, media: MediaMessage, caption: Maybe<string>): ContentReading {
  const { contextInfo } = media;
  const metadata = present({ seconds: toCount(media.seconds), width: toCount(media.width), height: toCount(media.height) });
  return reading(messageType, { content: caption, metadata, media: describe(media, null), contextInfo });
}

function readDocument(media: DocumentMessage): ContentReading {
  const fileName = toFileName(media.fileName) ?? toFileName(media.title);
  const metadata = present({ fileName: fileName ?? undefined });
  return reading("DOCUMENT", { content: media.caption, metadata, media: describe(media, fileName), contextInfo: media.contextInfo });
}

function describe(media: MediaMessage, fileName: string | null): MediaDescriptor {
  return { mimeType: toMimeType(media.mimetype), size: toCount(media.fileLength) ?? null, fileName };
}

function readLocation(place: LocationMessage): ContentReading {
  const [name, address] = [toText(place.name), toText(place.address)];
  const location = { latitude: place.degreesLatitude ?? null, longitude: place.degreesLongitude ?? null, name, address };
  return reading("LOCATION", { content: name ?? address, metadata: { location }, contextInfo: place.contextInfo });
}

function readContacts(cards: readonly ContactCard[], displayName: Maybe<string>, contextInfo: Maybe<ContextInfo>): ContentReading {
  const contacts = cards.map((card) => ({ displayName: toText(card.displayName), phones: phonesOfVcard(card.vcard ?? "") }));
  const names = contacts.flatMap((card) => card.displayName ?? []).join(", ");
  return reading("CONTACT", { content: toText(displayName) ?? names, metadata: { contacts }, contextInfo });
}

/** A poll reads as its question: votes are encrypted and never stored. */
function readPoll(poll: PollMessage): ContentReading {
  const question = toText(poll.name);
  const options = (poll.options ?? []).flatMap((option) => toText(option.optionName) ?? []);
  return reading("TEXT", { content: question, metadata: { poll: { question, options } }, contextInfo: poll.contextInfo });
}

function readAnswer(messageType: MessageType, text: Maybe<string>, selected: Maybe<string>, contextInfo: Maybe<ContextInfo>): ContentReading {
  const selectedId = toText(selected) ?? undefined;
  return reading(messageType, { content: text, metadata: present({ selectedId }), contextInfo });
}

/** Native flows answer with JSON; its `id` names the choice. */
function flowAnswerId(paramsJson: Maybe<string>): string | null {
  try {
    const answer: unknown = JSON.parse(paramsJson ?? "");
    return typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "string" ? answer.id : null;
  } catch {
    return null;
  }
}

/** Without the keys that are undefined. */
function present<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
