import type { MessageContent } from "./whatsapp-message.ts";

/** Containers that say how a message was sent; the message is inside. */
const WRAPPERS = [
  "ephemeralMessage",
  "viewOnceMessage",
  "viewOnceMessageV2",
  "viewOnceMessageV2Extension",
  "documentWithCaptionMessage",
  "editedMessage",
  "deviceSentMessage",
  "groupMentionedMessage",
  "botInvokeMessage",
  "lottieStickerMessage",
  "associatedChildMessage",
  "pollCreationMessageV4",
] as const satisfies readonly (keyof MessageContent)[];

/** Real messages nest three deep; more is somebody's joke. */
const MAX_DEPTH = 8;

/** The content inside all wrappers; undefined when there is none, or when it is nested too deep. */
export function unwrapContent(content: MessageContent | null | undefined): MessageContent | undefined {
  let current = content ?? undefined;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (current === undefined) return undefined;
    const wrapper = firstWrapper(current);
    if (wrapper === undefined) return current;
    current = wrapper.message ?? undefined;
  }
  return undefined;
}

function firstWrapper(content: MessageContent) {
  for (const name of WRAPPERS) {
    const wrapper = content[name];
    if (wrapper !== null && wrapper !== undefined) return wrapper;
  }
  return undefined;
}
