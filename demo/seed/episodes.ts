import type { User, WhatsAppContact } from "../../prisma/generated/whatsapp/client.ts";
import { pickHomeSession } from "./people.ts";
import type { Random } from "./random.ts";
import { pickMoment } from "./rhythm.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./rows.ts";

/** The sender of automatic replies (contract 3.1). */
export const SYSTEM_SENDER = "whatsapp-system";
/** A user who is gone: messages and activities keep the id. */
export const FORMER_USER_ID = "cdemouserformer0000000000";

/** One message before it has a kind and a status. */
export type Draft = {
  readonly contact: WhatsAppContact;
  readonly sessionId: string;
  readonly at: Date;
  readonly fromMe: boolean;
  /** Null: incoming, or own from another device. */
  readonly senderId: string | null;
};

/** One talk with a contact, from its first message to its last. */
export type Episode = { readonly contact: WhatsAppContact; readonly startedAt: Date; readonly endedAt: Date };

export type Cast = { readonly contacts: readonly WhatsAppContact[]; readonly users: readonly User[] };

/** Every 25th contact never wrote. */
const SILENT_EVERY = 25;
const OTHER_SESSION_SHARE = 0.06;
const LONGEST_EPISODE = 24;

/** Talks until there are exactly `count` messages, all before `now`; a few contacts talk a lot, most seldom. */
export function planEpisodes(cast: Cast, count: number, now: Date, random: Random): { drafts: Draft[]; episodes: Episode[] } {
  const speakers = cast.contacts.filter((_, index) => index % SILENT_EVERY !== SILENT_EVERY - 1);
  const homes = new Map(speakers.map((contact) => [contact.id, pickHomeSession(contact.tenantId, random)]));
  const drafts: Draft[] = [];
  const episodes: Episode[] = [];
  while (drafts.length < count) {
    // The square favours the first contacts of the list, of each tenant: shuffled by the stride.
    const rank = Math.floor(random.next() ** 2 * speakers.length);
    const contact = speakers[(rank * 101) % speakers.length];
    if (contact === undefined) throw new RangeError("the demo needs at least one contact");
    const home = homes.get(contact.id) ?? "";
    const sessionId = random.chance(OTHER_SESSION_SHARE) ? pickHomeSession(contact.tenantId, random) : home;
    const episode = talk({ contact, sessionId, users: cast.users, startedAt: pickMoment(now, random) }, random);
    const past = episode.filter(({ at }) => at <= now).slice(0, count - drafts.length);
    const [first, last] = [past[0], past.at(-1)];
    if (first === undefined || last === undefined) continue;
    drafts.push(...past);
    episodes.push({ contact, startedAt: first.at, endedAt: last.at });
  }
  return { drafts, episodes };
}

type Scene = { readonly contact: WhatsAppContact; readonly sessionId: string; readonly users: readonly User[]; readonly startedAt: Date };

function talk({ contact, sessionId, users, startedAt }: Scene, random: Random): Draft[] {
  const colleagues = users.filter((user) => user.tenantId === contact.tenantId);
  const agentId = contact.userId ?? random.pick(colleagues).id;
  const length = 1 + Math.floor(random.next() ** 2 * LONGEST_EPISODE);
  const isAnsweredByBot = !contact.isGroup && random.chance(0.45);
  const drafts: Draft[] = [];
  let at = startedAt.getTime();
  for (let index = 0; index < length; index += 1) {
    const isBot = index === 1 && isAnsweredByBot;
    const fromMe = isBot || (index > 0 && random.chance(0.5));
    at += isBot ? random.int(300, 1_800) : random.int(4 * SECOND_MS, fromMe ? 10 * MINUTE_MS : 4 * MINUTE_MS);
    if (random.chance(0.03)) at += random.int(1, 5) * HOUR_MS;
    const senderId = isBot ? SYSTEM_SENDER : fromMe ? pickSender(agentId, random) : null;
    const isAcceptedByUs = senderId !== null;
    drafts.push({ contact, sessionId, at: new Date(isAcceptedByUs ? at : Math.floor(at / SECOND_MS) * SECOND_MS), fromMe, senderId });
  }
  return drafts;
}

function pickSender(agentId: string, random: Random): string | null {
  return random.weighted([
    [agentId, 90],
    [null, 8],
    [FORMER_USER_ID, 2],
  ]);
}
