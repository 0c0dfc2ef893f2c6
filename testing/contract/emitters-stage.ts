import type { WhatsAppContact, WhatsAppMessage, WhatsAppSession } from "../../prisma/generated/whatsapp/client.ts";
import type { Client as Database } from "pg";
import type { Client, Reply } from "./client.ts";
import { TENANT } from "./ids.ts";
import { formOf, MULTIPART, type Part } from "./multipart.ts";
import { CLAIMS } from "./requests.ts";
import { contactRow, insertRows, messageRow, sessionRow, type Rows } from "./rows.ts";
import { CONNECTED } from "./scene.ts";
import { INTERNAL, serviceToken } from "./service-calls.ts";
import { signToken, type Claims } from "./tokens.ts";

/** Where one fact happens on one system: the same rows, ids and requests on both, each with a database of its own. */

export const AT = "2026-03-01T10:00:00.000Z";
export const LATER = "2026-03-01T10:05:00.000Z";
export const LATEST = "2026-03-01T10:10:00.000Z";

type Options = { readonly as?: Claims; readonly key?: string };

export type Stage = {
  readonly sessionId: string;
  readonly contactId: string;
  /** Of the contact, which is there only once it was seeded. */
  readonly digits: string;
  readonly pn: string;
  readonly lid: string;
  readonly group: string;
  readonly insert: (rows: Partial<Rows>) => Promise<void>;
  readonly query: (statement: string, values?: unknown[]) => Promise<void>;
  /** A session that can send, unless told otherwise. */
  readonly session: (values?: Partial<WhatsAppSession>) => Promise<void>;
  readonly contact: (values?: Partial<WhatsAppContact>) => Promise<void>;
  /** A message of the contact. */
  readonly message: (values?: Partial<WhatsAppMessage>) => Promise<void>;
  /** What was answered; throws unless it was 200. */
  readonly post: (target: string, body?: object, options?: Options) => Promise<unknown>;
  readonly remove: (target: string, options?: Options) => Promise<unknown>;
  readonly upload: (parts: readonly Part[], key: string) => Promise<unknown>;
  readonly ingest: (path: string, body: object) => Promise<unknown>;
  readonly batch: (path: string, ...items: readonly object[]) => Promise<unknown>;
  readonly state: (status: string, rest?: object) => Promise<unknown>;
};

const API = "/api/whatsapp";

export function createStage(serial: number, client: Client, database: Database): Stage {
  const number = String(serial).padStart(4, "0");
  const digits = `1555300${number}`;
  const [sessionId, contactId, pn] = [`emits-${number}`, `emits-contact-${number}`, `${digits}@s.whatsapp.net`];
  let seq = 0;

  const send = async (method: "POST" | "DELETE", target: string, ask: { token: string; body?: string | Buffer; type?: string; key?: string }) => {
    const { token, body, type = "application/json", key } = ask;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": type }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    };
    return taken(target, await client.send({ method, target, headers, ...(body === undefined ? {} : { body }) }));
  };
  const insert = (rows: Partial<Rows>): Promise<void> => insertRows(database, rows);
  const ingest = (path: string, body: object) => send("POST", `${INTERNAL}/${path}`, { token: serviceToken(), body: JSON.stringify(body) });
  const tenantId = TENANT.alpha;
  return {
    sessionId,
    contactId,
    digits,
    pn,
    lid: `71${number}01@lid`,
    group: `1203630000${number}@g.us`,
    insert,
    ingest,
    query: async (statement, values = []) => void (await database.query(statement, values)),
    session: (values = {}) =>
      insert({
        whatsapp_sessions: [sessionRow({ id: `row-${sessionId}`, tenantId, sessionId, sendSecret: "ab".repeat(32), ...CONNECTED, ...values })],
      }),
    contact: (values = {}) =>
      insert({ whatsapp_contacts: [contactRow({ id: contactId, tenantId, pn, name: "Alice", sessionId, lastMessageAt: new Date(AT), ...values })] }),
    message: (values = {}) => {
      const id = `emits-message-${number}`;
      const of = { sessionId, remoteJid: pn, whatsappContactId: contactId, timestamp: new Date(AT) };
      return insert({ whatsapp_messages: [messageRow({ id, messageId: "WA1", content: "first", ...of, ...values })] });
    },
    post: (target, body = {}, { as = CLAIMS.admin, key } = {}) =>
      send("POST", target.startsWith("/") ? target : `${API}/${target}`, {
        token: signToken(as),
        body: JSON.stringify(body),
        ...(key === undefined ? {} : { key }),
      }),
    remove: (target, { as = CLAIMS.admin } = {}) => send("DELETE", `${API}/${target}`, { token: signToken(as) }),
    upload: (parts, key) => send("POST", `${API}/send-media`, { token: signToken(CLAIMS.admin), body: formOf(parts), type: MULTIPART, key }),
    batch: (path, ...items) => ingest(path, { sessionId, items }),
    state: (status, rest = {}) => {
      const report = { epoch: 4, seq: (seq += 1), status, reconnectAttempts: 0, occurredAt: LATER, ...rest };
      return ingest(`sessions/${sessionId}/${status === "QR_REQUIRED" ? "qr" : "state"}`, report);
    },
  };
}

function taken(target: string, { status, text, json }: Reply): unknown {
  if (status !== 200) throw new Error(`${target} was answered ${status} ${text}`);
  return json;
}
