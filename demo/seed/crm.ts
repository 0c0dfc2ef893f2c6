import type { ContactTransferRequest, CrmActivity, CrmActivityType, CrmSessionSummary, User } from "../../prisma/generated/whatsapp/client.ts";
import { FORMER_USER_ID, type Episode } from "./episodes.ts";
import { SUMMARIES } from "./phrases.ts";
import type { Random } from "./random.ts";
import { before, DAY_MS, latest, MINUTE_MS } from "./rows.ts";

export type Crm = { readonly summaries: CrmSessionSummary[]; readonly activities: CrmActivity[]; readonly transfers: ContactTransferRequest[] };

type Context = { readonly users: readonly User[]; readonly now: Date; readonly random: Random };
type Note = {
  readonly type?: CrmActivityType;
  readonly text: string;
  readonly detail?: string;
  readonly metadata?: object;
  readonly author: string | null;
};

const SUMMARISED_SHARE = 0.22;
const OPEN_WITHIN_MS = 5 * DAY_MS;
const OPEN_SHARE = 0.45;
const OTHER_ACTIVITIES = ["message", "call", "email", "ticket", "product", "appointment", "task"] as const;
const TRANSFER_OUTCOMES = ["PENDING", "APPROVED", "PENDING", "DENIED", "CANCELLED", "APPROVED"] as const;

/** Opens recent conversations, closes older ones with summaries and activities, and asks for a few transfers. */
export function buildCrm(episodes: readonly Episode[], context: Context): Crm {
  const crm: Crm = { summaries: [], activities: [], transfers: [] };
  const byTime = episodes.toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime());
  const lastOf = new Map(byTime.map((episode) => [episode.contact.id, episode]));
  for (const episode of byTime) {
    const isLast = lastOf.get(episode.contact.id) === episode;
    if (isLast && isRecent(episode, context.now) && context.random.chance(OPEN_SHARE)) openConversation(episode, crm, context);
    else if (context.random.chance(SUMMARISED_SHARE)) closeConversation(episode, crm, context);
    if (context.random.chance(0.05)) crm.activities.push(otherActivity(episode, context));
  }
  requestTransfers([...lastOf.values()], crm, context);
  return crm;
}

const isRecent = (episode: Episode, now: Date): boolean => episode.endedAt >= before(now, OPEN_WITHIN_MS);

const usersOf = (episode: Episode, users: readonly User[]): readonly User[] => users.filter(({ tenantId }) => tenantId === episode.contact.tenantId);

/** A user of the tenant, `system`, or somebody who is gone. */
function pickAuthor(episode: Episode, { users, random }: Context): string {
  return random.weighted([
    [episode.contact.userId ?? random.pick(usersOf(episode, users)).id, 85],
    ["system", 10],
    [FORMER_USER_ID, 5],
  ]);
}

function activity(episode: Episode, note: Note, at: Date, random: Random): CrmActivity {
  const { id: contactId, tenantId } = episode.contact;
  const metadata = (note.metadata ?? null) as CrmActivity["metadata"];
  return {
    id: random.id(),
    tenantId,
    contactId,
    type: note.type ?? "note",
    text: note.text,
    detail: note.detail ?? null,
    metadata,
    createdById: note.author,
    createdAt: at,
  };
}

function started(episode: Episode, author: string, random: Random): CrmActivity {
  const note = { text: "Session started", detail: "Session opened", metadata: { type: "session_start" }, author };
  return activity(episode, note, episode.startedAt, random);
}

function openConversation(episode: Episode, crm: Crm, { users, now, random }: Context): void {
  const { contact } = episode;
  contact.sessionStatus = "OPEN";
  contact.sessionStartedAt = episode.startedAt;
  if (random.chance(0.75)) contact.userId ??= random.pick(usersOf(episode, users)).id;
  if (random.chance(0.1)) contact.routingOverride = random.pick(["USER", "FLOWBOT"] as const);
  contact.updatedAt = latest(now, contact.updatedAt, episode.startedAt);
  crm.activities.push(started(episode, contact.userId ?? "system", random));
}

function closeConversation(episode: Episode, crm: Crm, context: Context): void {
  const { random, now } = context;
  const { contact, startedAt, endedAt } = episode;
  const date = latest(now, before(endedAt, -random.int(1, 20) * MINUTE_MS));
  const author = pickAuthor(episode, context);
  const minutes = Math.floor((date.getTime() - startedAt.getTime()) / MINUTE_MS);
  const { summary, topics, sentiment, interactionType } = random.pick(SUMMARIES);
  const needsFollowUp = random.chance(0.15);
  crm.summaries.push({
    id: random.id(),
    tenantId: contact.tenantId,
    contactId: contact.id,
    clientName: contact.name,
    startedAt,
    date,
    duration: `${minutes} min`,
    summary,
    topics: [...topics],
    sentiment,
    interactionType,
    nextActions: [],
    aiInsights: `Sentiment: ${sentiment}`,
    needsFollowUp,
    followUpDate: needsFollowUp ? new Date(Math.ceil(date.getTime() / DAY_MS) * DAY_MS) : null,
    followUpTime: null,
    followUpNote: null,
    createdById: author,
    createdAt: date,
    updatedAt: date,
  });
  crm.activities.push(started(episode, author, random));
  if (random.chance(0.15)) crm.activities.push(handedOver(episode, context));
  contact.lastSessionClosedAt = date;
  contact.updatedAt = latest(now, contact.updatedAt, date);
}

function handedOver(episode: Episode, { users, random }: Context): CrmActivity {
  const colleagues = usersOf(episode, users);
  const from = random.pick(colleagues).id;
  const to = random.pick(colleagues.filter(({ id }) => id !== from)).id;
  return activity(episode, { text: "Session transferred", metadata: { type: "transfer", from, to }, author: from }, episode.endedAt, random);
}

function otherActivity(episode: Episode, context: Context): CrmActivity {
  const type = context.random.pick(OTHER_ACTIVITIES);
  const author = context.random.chance(0.1) ? null : pickAuthor(episode, context);
  return activity(episode, { type, text: `Follow-up: ${type}`, author }, episode.endedAt, context.random);
}

/** One request per chat at most: pending ones for open chats with an owner, decided ones for any chat. */
function requestTransfers(last: readonly Episode[], crm: Crm, { users, now, random }: Context): void {
  const open = last.filter(({ contact }) => contact.sessionStatus === "OPEN" && contact.userId !== null);
  const closed = last.filter(({ contact }) => contact.sessionStatus === "CLOSED");
  for (const [index, status] of TRANSFER_OUTCOMES.entries()) {
    const episode = (status === "PENDING" ? open : closed)[index];
    if (episode === undefined) continue;
    const colleagues = usersOf(episode, users);
    const fromUserId = episode.contact.userId ?? colleagues[2]?.id ?? null;
    const toUserId = random.pick(colleagues.filter(({ id, role }) => id !== fromUserId && role === "user")).id;
    const isDecided = status === "APPROVED" || status === "DENIED";
    const supervisorId = isDecided ? (colleagues.find(({ role }) => role === "admin")?.id ?? null) : null;
    const resolvedAt = status === "PENDING" ? null : latest(now, before(episode.endedAt, -random.int(2, 90) * MINUTE_MS));
    crm.transfers.push({
      id: random.id(),
      contactId: episode.contact.id,
      fromUserId,
      toUserId,
      requestedById: toUserId,
      supervisorId,
      status,
      message: random.chance(0.5) ? "I know this customer" : null,
      supervisorNotes: isDecided ? "Done" : null,
      resolvedAt,
      createdAt: episode.endedAt,
      updatedAt: resolvedAt ?? episode.endedAt,
    });
  }
}
