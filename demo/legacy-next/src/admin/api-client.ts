/** Where the API is: our own origin, or the proxy in a dual run. Written out in full, because Next replaces this very text when it builds. */
const API_BASE_URL = (process.env.NEXT_PUBLIC_WHATSAPP_API_BASE_URL ?? "").replace(/\/+$/, "");

const TIMEOUT_MS = 15_000;
/** A large file takes its time; the API has no deadline for it either. */
const UPLOAD_TIMEOUT_MS = 30 * 60_000;

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

type Query = Readonly<Record<string, string>>;
type Change = { readonly query?: Query; readonly body?: unknown; readonly key?: string; readonly form?: FormData };

/**
 * Every request of the admin UI is made here: below `/api/whatsapp/`, or anywhere when the path begins with a slash. A reply's shape is
 * the contract's, compared by the shadow proxy and not checked again.
 */
export function read<Reply>(path: string, query: Query, signal: AbortSignal): Promise<Reply> {
  return send<Reply>(urlOf(path, query), { cache: "no-store", signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) }, signal);
}

/** `key` makes a repetition after a lost answer harmless. */
export function change<Reply>(method: "POST" | "PATCH" | "DELETE", path: string, { query = {}, body, key, form }: Change = {}): Promise<Reply> {
  const headers: Record<string, string> = {
    ...(form === undefined ? { "Content-Type": "application/json" } : {}),
    ...(key === undefined ? {} : { "Idempotency-Key": key }),
  };
  const signal = AbortSignal.timeout(form === undefined ? TIMEOUT_MS : UPLOAD_TIMEOUT_MS);
  return send<Reply>(urlOf(path, query), { method, headers, body: form ?? JSON.stringify(body ?? {}), signal });
}

/** The address of a stored file, as a message names it (`mediaUrl`). */
export const mediaAddress = (mediaUrl: string): string => `${API_BASE_URL}${mediaUrl}`;

/** A stored file, whole. */
export async function readFile(mediaUrl: string, signal: AbortSignal): Promise<Blob> {
  const response = await answerOf(mediaAddress(mediaUrl), { signal }, signal);
  return response.blob();
}

/** What to show of an error, in one sentence. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ApiFailure)) return "The API gave an answer that cannot be read";
  return error.status === 401 ? "You are signed out. Sign in again." : error.message;
}

function urlOf(path: string, query: Query): string {
  const search = new URLSearchParams(query).toString();
  return `${API_BASE_URL}${path.startsWith("/") ? path : `/api/whatsapp/${path}`}${search === "" ? "" : `?${search}`}`;
}

async function send<Reply>(url: string, init: RequestInit, aborted?: AbortSignal): Promise<Reply> {
  const response = await answerOf(url, init, aborted);
  return (await response.json()) as Reply;
}

async function answerOf(url: string, init: RequestInit, aborted?: AbortSignal): Promise<Response> {
  const response = await fetch(url, { credentials: "include", ...init }).catch((error: unknown) => {
    if (aborted?.aborted === true) throw error;
    throw new ApiFailure(0, "The API cannot be reached");
  });
  if (!response.ok) throw new ApiFailure(response.status, await errorOf(response));
  return response;
}

async function errorOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: unknown } | null;
  return typeof body?.error === "string" ? body.error : `The API answered ${response.status}`;
}
