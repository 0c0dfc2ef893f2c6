import { createRandom, type Random, type Weighted } from "../../seed/random.ts";

/** What a system tells: on every channel the same, once. */
export type Fact = { readonly event: string; readonly channels: readonly string[]; readonly data: Readonly<Record<string, unknown>> };

/** Facts that follow one another, of one lane. The next burst begins when all systems have told this one. */
export type Burst = readonly Fact[];

/** The channels of one session, or of the users of one tenant: their order means something, that between lanes does not. */
export type Lane = { readonly name: string; readonly bursts: readonly Burst[] };

const MAX_BURST = 25;
/** One lane of so many tells transfers, which go to several channels at once. */
const TRANSFERS_EVERY = 5;
const USERS_A_TENANT = 4;

/** Mixed events in bursts, some of one fact again and again; the same for a seed. `count`: facts in all lanes. */
export function planFacts({ count, lanes, seed }: { readonly count: number; readonly lanes: number; readonly seed: number }): readonly Lane[] {
  const random = createRandom(seed);
  return Array.from({ length: lanes }, (_, index) => {
    const own = Math.floor(((index + 1) * count) / lanes) - Math.floor((index * count) / lanes);
    const make = (index + 1) % TRANSFERS_EVERY === 0 ? transferFact : sessionFact;
    const facts = Array.from({ length: own }, (_each, number) => make(random, { lane: `${seed}-${index}`, number }));
    return { name: String(index), bursts: toBursts(facts, random) };
  });
}

function toBursts(facts: readonly Fact[], random: Random): readonly Burst[] {
  const bursts: Burst[] = [];
  for (let start = 0; start < facts.length;) {
    const size = random.int(1, MAX_BURST);
    bursts.push(facts.slice(start, start + size));
    start += size;
  }
  return bursts;
}

type Place = { readonly lane: string; readonly number: number };
type Payload = Readonly<Record<string, unknown>>;

const jidOf = (chat: number): string => `1555000${String(chat).padStart(4, "0")}@s.whatsapp.net`;

type Make = (random: Random, place: Place) => Payload;

/** Events of a session and how often they come. The last three tell again and again of the same few. */
const SESSION_EVENTS: Weighted<readonly [event: string, payload: Make]> = [
  [["message.received", (random, place) => message(random, place)], 6],
  [["message.sent", (random, place) => ({ ...message(random, place), status: "SENT" })], 2],
  [["message.status", (random, place) => ({ ...ofChat(random, place), status: "READ", readAt: "2026-03-01T10:00:00.000Z" })], 5],
  [["media.processed", (random, place) => ({ ...ofChat(random, place), id: `i${place.number}`, state: "STORED", mediaUrl: null })], 1],
  [["qr.code", (_random, { number }) => ({ qr: `2@${number},nobody` })], 1],
  [["contact.updated", (random, { number }) => ({ contactId: "c1", jid: jidOf(random.int(0, 7)), unreadCount: number })], 3],
  [["connection.update", (random) => ({ status: "connecting", connection: "connecting", reason: random.pick([null, "restart"]) })], 1],
  [["message.edited", (random) => ({ messageId: `e${random.int(0, 2)}`, remoteJid: jidOf(0), content: "twice" })], 1],
];

function sessionFact(random: Random, place: Place): Fact {
  const [event, payload] = random.weighted(SESSION_EVENTS);
  const sessionId = `s-${place.lane}`;
  return { event, channels: [`private-whatsapp.${sessionId}`], data: { ...payload(random, place), sessionId, tenantId: "t1" } };
}

function transferFact(random: Random, { lane, number }: Place): Fact {
  const first = random.int(0, USERS_A_TENANT - 1);
  const count = random.int(1, USERS_A_TENANT);
  const channels = Array.from({ length: count }, (_, index) => `private-user.${lane}-${(first + index) % USERS_A_TENANT}`);
  const data = { requestId: `r-${lane}-${number}`, contactId: "c1", contactName: null, message: "please", sessionId: null, tenantId: "t1" };
  return { event: "transfer-request:new", channels, data };
}

function ofChat(random: Random, { number }: Place): Payload {
  return { messageId: `m${number}`, remoteJid: jidOf(random.int(0, 19)), contactId: null, whatsappContactId: "w1" };
}

function message(random: Random, place: Place): Payload {
  const content = 'ä \u2028 "quoted" \u{1f600} '.repeat(random.int(0, 20));
  return { ...ofChat(random, place), id: `i${place.number}`, fromMe: false, content, contentTruncated: false, messageType: "TEXT" };
}
