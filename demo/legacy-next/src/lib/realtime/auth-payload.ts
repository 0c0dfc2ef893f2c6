import { ApiError } from "../http/api-error.ts";
import { parseJsonObject, readBody } from "../http/read-body.ts";
import type { Subscription } from "./authorize-channel.ts";

const MAX_BYTES = 16_384;
const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";
const SOCKET_ID = /^[0-9]+\.[0-9]+$/;
const CHANNEL = /^[-a-zA-Z0-9_=@,.;]{1,200}$/;

const invalidPayload = (): ApiError => new ApiError(400, { error: "Invalid auth payload" });

/** What a client library posts, as JSON or as a form. Throws 415, 413, or 400 `Invalid auth payload` for all else. */
export async function readAuthPayload(request: Request): Promise<Subscription> {
  const body = await readBody(request, { maxBytes: MAX_BYTES, types: [JSON_TYPE, FORM_TYPE] });
  const fields = body === undefined ? {} : body.type === JSON_TYPE ? jsonFields(body.bytes) : formFields(body.bytes);
  const { socket_id: socketId, channel_name: channel } = fields;
  if (typeof socketId !== "string" || !SOCKET_ID.test(socketId)) throw invalidPayload();
  if (typeof channel !== "string" || !CHANNEL.test(channel)) throw invalidPayload();
  return { socketId, channel };
}

type Fields = Readonly<Record<string, unknown>>;

function jsonFields(bytes: Uint8Array): Fields {
  try {
    return parseJsonObject(bytes);
  } catch {
    throw invalidPayload();
  }
}

/** Of a repeated key the first value counts. */
function formFields(bytes: Uint8Array): Fields {
  const form = new URLSearchParams(new TextDecoder().decode(bytes));
  return { socket_id: form.get("socket_id"), channel_name: form.get("channel_name") };
}
