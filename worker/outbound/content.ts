import { outboxMedia, outboxText } from "@ipnuo/domain/outbox";
import type { AnyMessageContent } from "@whiskeysockets/baileys";
import { AppError } from "../../lib/errors.ts";
import type { MediaFiles } from "../../lib/media-files.ts";

export type ContentOptions = {
  readonly mediaFiles: MediaFiles;
  /** Puts who writes before the text. */
  readonly isAgentPrefixed: boolean;
};

/** A message that never can be sent, whoever tries. */
export function unsendableError(message: string, cause?: unknown): AppError {
  return new AppError("OUTBOX_UNSENDABLE", message, cause === undefined ? {} : { cause });
}

/** What a row of the outbox asks the client library to send. Throws `OUTBOX_UNSENDABLE`. Media are streamed from their file. */
export async function toContent(kind: string, payload: unknown, options: ContentOptions): Promise<AnyMessageContent> {
  if (kind === "text") {
    const { content, senderName } = parse(outboxText, payload);
    // `linkPreview: null`: a preview would fetch whatever address a text holds.
    return { text: prefixed(content, senderName, options), linkPreview: null };
  }
  const { messageType, content, storageKey, mimeType, fileName, senderName } = parse(outboxMedia, payload);
  const file = await options.mediaFiles.open(storageKey);
  if (file === undefined) throw unsendableError("the file of the message is gone");
  const upload = { stream: file.handle.createReadStream() };
  const caption = content === null ? {} : { caption: prefixed(content, senderName, options) };
  switch (messageType) {
    case "IMAGE":
      return { image: upload, mimetype: mimeType, ...caption };
    case "VIDEO":
      return { video: upload, mimetype: mimeType, ...caption };
    case "AUDIO":
      return { audio: upload, mimetype: mimeType };
    case "STICKER":
      return { sticker: upload, mimetype: mimeType };
    case "DOCUMENT":
    case "TEXT":
    case "LOCATION":
    case "CONTACT":
    case "BUTTONS":
    case "LIST":
      return { document: upload, mimetype: mimeType, fileName, ...caption };
  }
}

function prefixed(text: string, senderName: string | null, { isAgentPrefixed }: ContentOptions): string {
  return isAgentPrefixed && senderName !== null ? `*${senderName}:* ${text}` : text;
}

function parse<Value>(
  schema: { readonly safeParse: (value: unknown) => { success: true; data: Value } | { success: false; error: unknown } },
  payload: unknown,
): Value {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) throw unsendableError("the outbox row holds no message", parsed.error);
  return parsed.data;
}
