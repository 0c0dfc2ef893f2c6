import { SignJWT } from "jose";
import { request, type Dispatcher } from "undici";

const TIMEOUT_MS = 10_000;
const TOKEN_LIFETIME = "60s";
const SCOPES = "ingest:sessions ingest:messages ingest:contacts ingest:media";
const WORKER_ID = "demo-worker";

export type IngestReply = { readonly status: number; readonly body: unknown };
/** `path`: below the ingest API's base. */
export type IngestClient = (path: string, body: object) => Promise<IngestReply>;

export type IngestOptions = {
  /** Where workers report: in a dual run the proxy. */
  readonly baseUrl: string;
  readonly serviceTokenSecret: string;
  readonly dispatcher?: Dispatcher;
};

/** Reports what a WhatsApp worker would report (contract 4.1). Throws when no answer comes. */
export function createIngestClient({ baseUrl, serviceTokenSecret, dispatcher }: IngestOptions): IngestClient {
  const key = new TextEncoder().encode(serviceTokenSecret);
  const newToken = (): Promise<string> =>
    new SignJWT({ scope: SCOPES })
      .setProtectedHeader({ alg: "HS256" })
      .setAudience("ingest")
      .setSubject(WORKER_ID)
      .setIssuedAt()
      .setExpirationTime(TOKEN_LIFETIME)
      .sign(key);
  return async (path, body) => {
    const response = await request(`${baseUrl}/api/internal/whatsapp/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${await newToken()}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    return { status: response.statusCode, body: await response.body.json() };
  };
}
