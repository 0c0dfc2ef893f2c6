import { env } from "../env.ts";
import { Body } from "../http/body.ts";
import { memberOf } from "../http/member.ts";
import { Problems } from "../http/problems.ts";
import type { MethodEndpoint } from "../http/route.ts";
import { takeTurn } from "../http/throttles.ts";
import { authorizeWrite } from "../http/write-endpoint.ts";
import { hasCaption, messageTypeOf } from "../media/message-type.ts";
import { receiveForm, type Form } from "../media/receive-form.ts";
import type { ReceivedFile } from "../media/received-file.ts";
import { storageKeyOf } from "../media/storage-key.ts";
import { readIdempotencyKey, readManner, readTarget, type SendFields } from "./send-fields.ts";
import { payloadHash } from "./send-identity.ts";
import { send, type Send } from "./send.ts";

const MAX_CAPTION = 1_024;
const FLAGS = ["true", "false"] as const;

type MediaFields = {
  readonly fields: SendFields;
  readonly content: string | undefined;
  readonly asSticker: boolean;
  readonly asDocument: boolean;
};

/** `POST send-media`: the file streams to disk under a temporary name, and is published by the transaction that accepts the send. */
export const sendMedia: MethodEndpoint = {
  family: "sends",
  failure: "send media",
  hasDeadline: false,
  produce: async (request, { requestId }) => {
    const caller = await authorizeWrite(request.headers, { role: "user", throttle: (each) => takeTurn("sends", each) });
    const form = await receiveForm(request, { fileMaxBytes: env().mediaMaxBytes });
    try {
      const key = readIdempotencyKey(request.headers);
      const { file, ...parsed } = parseForm(form);
      const member = memberOf(caller);
      const { json, headers } = await send(member, toSend(file, parsed, { key, tenantId: member.tenantId }), { requestId });
      return { status: 200, json, headers };
    } finally {
      await form.file?.discard();
    }
  },
};

/** Throws 400 for what is wrong with the fields, in the order of the contract's table. */
function parseForm(form: Form): MediaFields & { readonly file: ReceivedFile } {
  const problems = new Problems();
  // A text that is not UTF-8 is there, and is no text.
  const body = new Body(Object.fromEntries(Object.entries(form.fields).map(([name, text]) => [name, text ?? false])), problems);
  const file = readFile(form, problems);
  const fields = { ...readTarget(body), ...readManner(body) };
  const content = body.optionalText("content", { max: MAX_CAPTION });
  const asSticker = body.optionalChoice("asSticker", FLAGS) === "true";
  const asDocument = body.optionalChoice("asDocument", FLAGS) === "true";
  problems.assertNone();
  if (file === undefined) throw new Error("a missing file went unnoticed");
  return { file, fields, content, asSticker, asDocument };
}

function readFile({ file, fileParts }: Form, problems: Problems): ReceivedFile | undefined {
  if (fileParts === 0) problems.required("file");
  else if (fileParts > 1 || file === undefined || file.description.size === 0) problems.invalid("file");
  return file;
}

type Owner = { readonly key: string | undefined; readonly tenantId: string };

function toSend(file: ReceivedFile, { fields, content, ...wish }: MediaFields, { key, tenantId }: Owner): Send {
  const { sha256, name, type, size } = file.description;
  const messageType = messageTypeOf(type, wish);
  const { sessionId, toJid, senderName = null, quotedMessageId = null } = fields;
  return {
    endpoint: "sends.media",
    key,
    payloadHash: payloadHash({ sessionId, toJid, content: content ?? null, senderName, quotedMessageId, file: { sha256, name, type } }),
    fields,
    content: hasCaption(messageType) && content !== undefined && content !== "" ? content : null,
    messageType,
    media: {
      fileName: name,
      row: { state: "STORED", sha256, mimeType: type, size, fileName: name, storageKey: storageKeyOf(tenantId, sha256) },
      publish: () => file.publish(tenantId),
    },
  };
}
