/**
 * What the message adapter reads of a WhatsApp message as the client library delivers it (`proto.IWebMessageInfo`).
 * Structural: the library's own objects fit, and so does their JSON.
 */

export type Maybe<T> = T | null | undefined;

/** 64-bit numbers of the protocol: a number, decimal text, a Long, or a Long that went through JSON. */
export type WireNumber = number | string | { toNumber(): number } | { readonly low: number; readonly high: number };

export type MessageKey = {
  readonly remoteJid?: Maybe<string>;
  readonly remoteJidAlt?: Maybe<string>;
  readonly participant?: Maybe<string>;
  readonly participantAlt?: Maybe<string>;
  readonly fromMe?: Maybe<boolean>;
  readonly id?: Maybe<string>;
};

export type ContextInfo = {
  readonly stanzaId?: Maybe<string>;
  readonly mentionedJid?: Maybe<readonly string[]>;
  readonly isForwarded?: Maybe<boolean>;
};

export type MediaMessage = {
  readonly mimetype?: Maybe<string>;
  readonly fileLength?: Maybe<WireNumber>;
  readonly caption?: Maybe<string>;
  readonly seconds?: Maybe<number>;
  readonly width?: Maybe<number>;
  readonly height?: Maybe<number>;
  readonly contextInfo?: Maybe<ContextInfo>;
};
export type DocumentMessage = MediaMessage & { readonly fileName?: Maybe<string>; readonly title?: Maybe<string> };

export type LocationMessage = {
  readonly degreesLatitude?: Maybe<number>;
  readonly degreesLongitude?: Maybe<number>;
  readonly name?: Maybe<string>;
  readonly address?: Maybe<string>;
  readonly contextInfo?: Maybe<ContextInfo>;
};

export type ContactCard = { readonly displayName?: Maybe<string>; readonly vcard?: Maybe<string> };

export type PollMessage = {
  readonly name?: Maybe<string>;
  readonly options?: Maybe<readonly { readonly optionName?: Maybe<string> }[]>;
  readonly contextInfo?: Maybe<ContextInfo>;
};

type Text = Maybe<string>;
type WithContext = { readonly contextInfo?: Maybe<ContextInfo> };
type Template = { readonly hydratedContentText?: Text; readonly hydratedTitleText?: Text };
export type Wrapper = { readonly message?: Maybe<MessageContent> };

export type ProtocolMessage = {
  readonly key?: Maybe<MessageKey>;
  /** 0 is a deletion for everyone, 14 an edit; the others are the protocol's own housekeeping. */
  readonly type?: Maybe<number>;
  readonly editedMessage?: Maybe<MessageContent>;
  readonly timestampMs?: Maybe<WireNumber>;
};

export type ReactionMessage = { readonly key?: Maybe<MessageKey>; readonly text?: Text; readonly senderTimestampMs?: Maybe<WireNumber> };

export type MessageContent = {
  readonly conversation?: Text;
  readonly extendedTextMessage?: Maybe<WithContext & { readonly text?: Text }>;
  readonly imageMessage?: Maybe<MediaMessage>;
  readonly videoMessage?: Maybe<MediaMessage>;
  readonly ptvMessage?: Maybe<MediaMessage>;
  readonly audioMessage?: Maybe<MediaMessage>;
  readonly stickerMessage?: Maybe<MediaMessage>;
  readonly documentMessage?: Maybe<DocumentMessage>;
  readonly locationMessage?: Maybe<LocationMessage>;
  readonly liveLocationMessage?: Maybe<LocationMessage>;
  readonly contactMessage?: Maybe<ContactCard & WithContext>;
  readonly contactsArrayMessage?: Maybe<WithContext & { readonly displayName?: Text; readonly contacts?: Maybe<readonly ContactCard[]> }>;
  readonly pollCreationMessage?: Maybe<PollMessage>;
  readonly pollCreationMessageV2?: Maybe<PollMessage>;
  readonly pollCreationMessageV3?: Maybe<PollMessage>;
  readonly pollCreationMessageV5?: Maybe<PollMessage>;
  readonly buttonsMessage?: Maybe<WithContext & { readonly contentText?: Text; readonly text?: Text }>;
  readonly buttonsResponseMessage?: Maybe<WithContext & { readonly selectedButtonId?: Text; readonly selectedDisplayText?: Text }>;
  readonly templateMessage?: Maybe<WithContext & { readonly hydratedTemplate?: Maybe<Template>; readonly hydratedFourRowTemplate?: Maybe<Template> }>;
  readonly templateButtonReplyMessage?: Maybe<WithContext & { readonly selectedId?: Text; readonly selectedDisplayText?: Text }>;
  readonly interactiveMessage?: Maybe<WithContext & { readonly body?: Maybe<{ readonly text?: Text }> }>;
  readonly interactiveResponseMessage?: Maybe<
    WithContext & {
      readonly body?: Maybe<{ readonly text?: Text }>;
      readonly nativeFlowResponseMessage?: Maybe<{ readonly paramsJson?: Text }>;
    }
  >;
  readonly listMessage?: Maybe<WithContext & { readonly title?: Text; readonly description?: Text }>;
  readonly listResponseMessage?: Maybe<
    WithContext & { readonly title?: Text; readonly singleSelectReply?: Maybe<{ readonly selectedRowId?: Text }> }
  >;
  readonly protocolMessage?: Maybe<ProtocolMessage>;
  readonly reactionMessage?: Maybe<ReactionMessage>;
  readonly ephemeralMessage?: Maybe<Wrapper>;
  readonly viewOnceMessage?: Maybe<Wrapper>;
  readonly viewOnceMessageV2?: Maybe<Wrapper>;
  readonly viewOnceMessageV2Extension?: Maybe<Wrapper>;
  readonly documentWithCaptionMessage?: Maybe<Wrapper>;
  readonly editedMessage?: Maybe<Wrapper>;
  readonly deviceSentMessage?: Maybe<Wrapper>;
  readonly groupMentionedMessage?: Maybe<Wrapper>;
  readonly botInvokeMessage?: Maybe<Wrapper>;
  readonly lottieStickerMessage?: Maybe<Wrapper>;
  readonly associatedChildMessage?: Maybe<Wrapper>;
  readonly pollCreationMessageV4?: Maybe<Wrapper>;
};

export type WhatsappMessage = {
  readonly key?: Maybe<MessageKey>;
  readonly message?: Maybe<MessageContent>;
  /** Whole seconds since the epoch. */
  readonly messageTimestamp?: Maybe<WireNumber>;
  /** 0 error, 1 pending, 2 server ack, 3 delivered, 4 read, 5 played. */
  readonly status?: Maybe<number>;
  readonly pushName?: Maybe<string>;
};
