import { Client } from "pg";
import { request } from "undici";
import { callPhone } from "../phone-control.ts";
import { INCOMING, OUTGOING } from "../seed/phrases.ts";
import { NORTH, SESSIONS } from "../seed/identities.ts";
import { createOperators } from "./operators.ts";

const PAUSE_MS = 2_000;
/** A customer writes; every so many lines somebody of the tenant answers. */
const ANSWER_EVERY = 3;
const CUSTOMERS = 12;
const TIMEOUT_MS = 10_000;

export type ConversationOptions = {
  readonly databaseUrl: string;
  /** Where the admin UI sends. */
  readonly baseUrl: string;
  readonly authSecret: string;
  readonly phoneUrl: string;
  /** The phone of the session that customers write to. */
  readonly account: string;
};

/** Lines that customers wrote, that operators answered, and that could not be said. */
export type ConversationSummary = { readonly received: number; readonly sent: number; readonly unsaid: number };
export type Conversations = { readonly stop: () => Promise<void>; readonly summary: () => ConversationSummary };

/** People talk: customers write to the sales session, an operator answers through the proxy, customers read it. */
export async function startConversations(options: ConversationOptions): Promise<Conversations> {
  const customers = await customersOf(options.databaseUrl);
  const operator = (await createOperators(options.authSecret, new Date())).find(({ user }) => user.tenantId === NORTH.id && user.role !== "user");
  await callPhone(options.phoneUrl, "receipts", { mode: "read" });
  const counts = { received: 0, sent: 0, unsaid: 0 };
  let lines = 0;
  let running: Promise<void> = Promise.resolve();

  const say = async (): Promise<void> => {
    const customer = customers[lines % customers.length];
    if (customer === undefined) return;
    lines += 1;
    try {
      if (lines % ANSWER_EVERY === 0)
        await answer(options, customer, { headers: { ...operator?.headers }, content: pick(OUTGOING, lines) }).then(() => (counts.sent += 1));
      else {
        await callPhone(options.phoneUrl, "send", { to: options.account, from: customer.phone, name: customer.name, text: pick(INCOMING, lines) });
        counts.received += 1;
      }
    } catch {
      counts.unsaid += 1; // a program was ended to see what happens: people try again later
    }
  };
  const timer = setInterval(() => void (running = running.then(say)), PAUSE_MS);
  return {
    summary: () => ({ ...counts }),
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

type Customer = { readonly phone: string; readonly name: string };

async function answer(
  { baseUrl }: ConversationOptions,
  { phone }: Customer,
  { headers, content }: { readonly headers: Record<string, string>; readonly content: string },
): Promise<void> {
  const { statusCode, body } = await request(`${baseUrl}/api/whatsapp/chat-messages`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ sessionId: SESSIONS.sales.sessionId, toJid: phone, content }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`a send was answered ${statusCode}`);
}

const pick = (texts: readonly string[], index: number): string => texts[index % texts.length] ?? "";

async function customersOf(databaseUrl: string): Promise<Customer[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Customer>(
      `select split_part(pn, '@', 1) as phone, coalesce(name, 'Customer') as name from whatsapp_contacts
       where "sessionId" = $1 and pn is not null and not "isGroup" order by "lastMessageAt" desc nulls last, id limit ${CUSTOMERS}`,
      [SESSIONS.sales.sessionId],
    );
    return rows;
  } finally {
    await client.end();
  }
}
