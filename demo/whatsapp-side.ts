import { join } from "node:path";
import { Client } from "pg";
import { PACKAGE_ROOT } from "../lib/paths.ts";
import { waitUntil } from "../lib/processes.ts";
import type { ChildOptions } from "./child.ts";
import type { DemoPorts } from "./ports.ts";
import { callPhone } from "./phone-control.ts";
import { SESSIONS } from "./seed/identities.ts";
import { MARKED_LEASE_OWNER } from "./seed/sessions.ts";

const LOOPBACK = "127.0.0.1";
const CLI = join(PACKAGE_ROOT, "bin", "parallax.js");
const WHATSAPP = join(PACKAGE_ROOT, "dist", "demo", "whatsapp", "main.js");
const PAIRING_TIMEOUT_MS = 30_000;

/** The phone whose account the sales session is. */
export const SALES_PHONE = "15550100001";
const SALES_NAME = "North Trading Sales";

type Program = Pick<ChildOptions, "args" | "env">;

export type WhatsappSidePlan = {
  readonly ports: DemoPorts;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly mediaDir: string;
  /** The proxy hands what the worker hears to the owner of its family; legacy is asked when the proxy is gone. */
  readonly proxyUrl: string;
  readonly legacyUrl: string;
  readonly serviceTokenSecret: string;
  /** Answers what QR the admin page shows. */
  readonly qrSourceUrl: string;
};

/** The WhatsApp server with its phone page, and the worker that is its client. */
export function planWhatsappSide(plan: WhatsappSidePlan): { readonly whatsapp: Program; readonly worker: Program } {
  const folder = join(plan.dataDir, "whatsapp");
  return {
    whatsapp: {
      args: [WHATSAPP],
      env: {
        WHATSAPP_PORT: String(plan.ports.whatsapp),
        WHATSAPP_PAGE_PORT: String(plan.ports.phone),
        WHATSAPP_MEDIA_PORT: String(plan.ports.whatsappMedia),
        WHATSAPP_QR_SOURCE_URL: plan.qrSourceUrl,
        DATA_DIR: folder,
      },
    },
    worker: {
      args: [CLI, "worker"],
      env: {
        DATABASE_URL: plan.databaseUrl,
        INGEST_URL: plan.proxyUrl,
        INGEST_FALLBACK_URL: plan.legacyUrl,
        SERVICE_TOKEN_SECRET: plan.serviceTokenSecret,
        SPOOL_DIR: join(plan.dataDir, "spool"),
        MEDIA_DIR: plan.mediaDir,
        MEDIA_HOSTS: `localhost:${plan.ports.whatsappMedia}`,
        NODE_EXTRA_CA_CERTS: join(folder, "media-ca.pem"),
        WHATSAPP_WS_URL: `ws://${LOOPBACK}:${plan.ports.whatsapp}/ws/chat`,
        PORT: String(plan.ports.worker),
      },
    },
  };
}

/**
 * Gives the worker what it is to hold: sales, which the seed only says is connected, and support, which waits for a phone.
 * The others stay as they are seeded, one for each state that the admin page can show.
 */
export async function handOverSessions(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(
      `update whatsapp_sessions set creds = '{}', status = 'CONNECTING', "isActive" = false, "leaseOwner" = null, "leaseExpiresAt" = null
       where "sessionId" = $1 and "leaseOwner" = $2`,
      [SESSIONS.sales.sessionId, MARKED_LEASE_OWNER],
    );
    await client.query(`update whatsapp_sessions set "desiredState" = 'STOPPED' where "sessionId" = any($1)`, [
      [SESSIONS.dispatch.sessionId, SESSIONS.returns.sessionId],
    ]);
  });
}

/** Scans the QR of the sales session with its phone, unless it is paired already. Throws when it is not connected in time. */
export async function pairSales(databaseUrl: string, phoneUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const scanned = new Set<string>();
    const isConnected = await waitUntil(async () => {
      const { rows } = await client.query<{ status: string; qrCode: string | null }>(
        `select status, "qrCode" from whatsapp_sessions where "sessionId" = $1`,
        [SESSIONS.sales.sessionId],
      );
      const { status = "", qrCode = null } = rows[0] ?? {};
      if (qrCode !== null && !scanned.has(qrCode)) {
        scanned.add(qrCode);
        await callPhone(phoneUrl, "scan", { qr: qrCode, phone: SALES_PHONE, name: SALES_NAME });
      }
      return status === "CONNECTED";
    }, PAIRING_TIMEOUT_MS);
    if (!isConnected) throw new Error(`the sales session was not connected within ${PAIRING_TIMEOUT_MS / 1_000} s; see the worker's log`);
  });
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
