import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { createLogger } from "../../../lib/log.ts";
import { startEmbeddedPostgres } from "../../../prisma/embedded/embedded-postgres.ts";
import { clusterFolder, serverUser } from "../../../prisma/embedded/server-user.ts";
import { migrate } from "../../../prisma/migrate.ts";

/** A PostgreSQL of its own with a database for each owner: two that share one could not send a key twice. */
export type SendDatabases = {
  readonly urls: { readonly legacy: string; readonly nest: string; readonly store: string };
  readonly sessionId: string;
  readonly authSecret: string;
  readonly authorization: string;
  /** How often each key reached a customer: distinct WhatsApp ids of what the owners queued. */
  readonly delivered: () => Promise<ReadonlyMap<string, number>>;
  readonly stop: () => Promise<void>;
};

const SESSION = "main";
const TENANT = "chaos";
const USER = "user-chaos";
const AUTH_SECRET = "0123456789abcdef-chaos-tokens";

export async function startSendWorld(): Promise<SendDatabases> {
  const dataDir = await mkdtemp(join(tmpdir(), "parallax-send-world-"));
  const postgres = await startEmbeddedPostgres({ dataDir, log: createLogger({ program: "chaos", level: "silent" }), durable: false });
  const [legacy, nest, store] = [
    await postgres.ensureDatabase("legacy"),
    await postgres.ensureDatabase("nest"),
    await postgres.ensureDatabase("parallax"),
  ];
  for (const url of [legacy, nest]) {
    await migrate({ schema: "whatsapp", url });
    await query(url, PEOPLE, [TENANT, USER, SESSION, randomBytes(32).toString("hex")]);
  }
  return {
    urls: { legacy, nest, store },
    sessionId: SESSION,
    authSecret: AUTH_SECRET,
    authorization: `Bearer ${token({ sub: USER, tenantId: TENANT, role: "admin", exp: Math.floor(Date.now() / 1_000) + 7_200 })}`,
    delivered: async () => {
      const counts = new Map<string, number>();
      for (const url of [legacy, nest])
        for (const { key, messages } of await query<{ key: string; messages: number }>(url, DELIVERED, []))
          counts.set(key, (counts.get(key) ?? 0) + messages);
      return counts;
    },
    stop: async () => {
      await postgres.stop();
      await rm(clusterFolder(dataDir, serverUser()), { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function query<Row extends object>(url: string, text: string, values: readonly string[]): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

function token(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", AUTH_SECRET).update(text).digest("base64url")}`;
}

/** One tenant with one user and one connected session. */
const PEOPLE = `with t as (insert into tenants (id, name, "updatedAt") values ($1, 'Chaos', now()) returning id),
  u as (insert into users (id, "tenantId", email, name, "updatedAt") select $2, id, 'chaos@users.example', 'Chaos', now() from t)
  insert into whatsapp_sessions (id, "sessionId", "tenantId", status, "desiredState", "sendSecret", "lastConnected", "updatedAt")
  select 'row-' || $3, $3, id, 'CONNECTED', 'RUNNING', $4, now(), now() from t`;

const DELIVERED = `select o."idempotencyKey" as key, count(distinct m."messageId")::int as messages
  from whatsapp_outbox o join whatsapp_messages m on m.id = o."messageRowId" group by 1`;
