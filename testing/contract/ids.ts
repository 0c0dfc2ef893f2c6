/** Fixed ids of the fixtures. Ids are opaque: some look like cuids, some like UUIDs, one like a phone number. */

const ID_LENGTH = 24;
const cuid = (name: string): string => `c${name.padEnd(ID_LENGTH, "0")}`;

export const TENANT = {
  alpha: cuid("tenantalpha"),
  beta: "5f0c2a51-7a4e-4a5c-9d0e-0000000000be",
  /** In tokens only: there is no such row. */
  absent: cuid("tenantabsent"),
} as const;

export const USER = {
  admin: cuid("useradmin"),
  owner: cuid("userowner"),
  /** No name; the number of contact `plain`. */
  operator: cuid("useroperator"),
  /** A number that no contact has. */
  quiet: cuid("userquiet"),
  phoneless: cuid("userphoneless"),
  /** Of tenant beta, with the number of alpha's contact `plain`. */
  foreign: cuid("userforeign"),
  /** In `senderId` and `createdById` only. */
  absent: cuid("userabsent"),
} as const;

export const SESSION = {
  live: "alpha-live",
  dead: "alpha-dead",
  leaseless: "alpha-leaseless",
  qrFresh: "alpha-qr-fresh",
  qrStale: "alpha-qr-stale",
  qrUndated: "alpha-qr-undated",
  pairing: "alpha-pairing",
  connecting: "alpha-connecting",
  stopped: "alpha-stopped",
  failed: "alpha-failed",
  foreign: "beta-live",
  absent: "alpha-never-made",
} as const;

export const CONTACT = {
  plain: cuid("contactplain"),
  thread: cuid("contactthread"),
  lidOnly: cuid("contactlidonly"),
  group: cuid("contactgroup"),
  oldGroup: cuid("contactoldgroup"),
  uuid: "0b6d4a3e-1111-4222-8333-444455556666",
  /** The id itself is 11 digits, the number of contact `number`. */
  digits: "15550001099",
  number: cuid("contactnumber"),
  twinOlder: cuid("contacttwinolder"),
  twinNewer: cuid("contacttwinnewer"),
  twinSilent: cuid("contacttwinsilent"),
  tieFirst: cuid("contacttiea"),
  tieSecond: cuid("contacttieb"),
  many: cuid("contactmany"),
  noted: cuid("contactnoted"),
  dead: cuid("contactdead"),
  foreign: cuid("contactforeign"),
} as const;

export const CHATBOT = {
  plain: cuid("chatbotplain"),
  group: cuid("chatbotgroup"),
  /** Linked to the three twins. */
  twins: cuid("chatbottwins"),
  /** Linked to nobody. */
  lonely: cuid("chatbotlonely"),
  foreign: cuid("chatbotforeign"),
} as const;
