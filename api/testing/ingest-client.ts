import { SignJWT } from "jose";
import type { IngestReply } from "@ipnuo/domain/ingest";
import { SERVICE_SECRET, type TestApi } from "./test-api.ts";

const SCOPE = "ingest:sessions ingest:messages ingest:contacts ingest:media";

/** A good token of a worker, with claims replaced or, as undefined, left out. */
export async function serviceTokenFor(claims: Record<string, unknown> = {}, secret = SERVICE_SECRET): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const payload = { aud: "ingest", sub: "worker-1", scope: SCOPE, iat: now, exp: now + 300, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
}

export type IngestClient = {
  readonly post: (path: string, body: unknown, token?: string) => Promise<Response>;
  /** A batch that must be taken; outcomes in item order. */
  readonly batch: (path: string, sessionId: string, items: readonly unknown[]) => Promise<IngestReply["results"]>;
};

/** Calls the ingest API as the worker does. */
export async function createIngestClient(api: TestApi): Promise<IngestClient> {
  const defaultToken = await serviceTokenFor();
  const post = (path: string, body: unknown, token = defaultToken) =>
    api.get(`/api/internal/whatsapp/${path}`, {
      method: "POST",
      token,
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const batch = async (path: string, sessionId: string, items: readonly unknown[]) => {
    const reply = await post(path, { sessionId, items });
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`expected 200, got ${reply.status}: ${text}`);
    return (JSON.parse(text) as IngestReply).results;
  };
  return { post, batch };
}
