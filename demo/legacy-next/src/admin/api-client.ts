import type { ContactList } from "@ipnuo/domain/contact";
import type { Thread } from "@ipnuo/domain/message";
import type { SessionList, SessionStatusReply } from "@ipnuo/domain/session";

/** Where the API is: our own origin, or the proxy in a dual run. Written out in full, because Next replaces this very text when it builds. */
const API_BASE_URL = (process.env.NEXT_PUBLIC_WHATSAPP_API_BASE_URL ?? "").replace(/\/+$/, "");

const TIMEOUT_MS = 15_000;

/** The API answered with an error, or not at all (status 0). */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const fetchSessions = (signal: AbortSignal): Promise<SessionList> => read("sessions", {}, signal);

export const fetchStatus = (sessionId: string, signal: AbortSignal): Promise<SessionStatusReply> => read("status", { sessionId }, signal);

export const fetchContacts = (sessionId: string, signal: AbortSignal): Promise<ContactList> => read("contacts", { sessionId }, signal);

export const fetchThread = (chat: { contactId: string; limit: number }, signal: AbortSignal): Promise<Thread> =>
  read("chat-messages", { contactId: chat.contactId, limit: String(chat.limit) }, signal);

/** Every reply of the API is read here; its shape is the contract's, compared by the shadow proxy and not checked again. */
async function read<Reply>(path: string, query: Record<string, string>, signal: AbortSignal): Promise<Reply> {
  const search = new URLSearchParams(query).toString();
  const url = `${API_BASE_URL}/api/whatsapp/${path}${search === "" ? "" : `?${search}`}`;
  const response = await send(url, signal);
  if (!response.ok) throw new ApiFailure(response.status, await errorOf(response));
  return (await response.json()) as Reply;
}

async function send(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { credentials: "include", cache: "no-store", signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiFailure(0, "The API cannot be reached");
  }
}

async function errorOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: unknown } | null;
  return typeof body?.error === "string" ? body.error : `The API answered ${response.status}`;
}
