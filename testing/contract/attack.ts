import { CHATBOT, CONTACT, SESSION, TENANT, USER } from "./ids.ts";
import type { WriteAsk } from "./observe.ts";

export const API = "/api/whatsapp";
export const UNKNOWN = "cnosuchthing0000000000000";
export const FOREIGN_REQUEST = "cforeignrequest0000000000";
export const FOREIGN_MEDIA = "cforeignmedia000000000000";
export const FOREIGN_JID = "15550007070@s.whatsapp.net";

/** One request that names something; asked with the foreign name and with an unknown one. */
export type Attack = {
  readonly id: string;
  readonly what: string;
  readonly foreign: string;
  readonly unknown?: string;
  readonly ask: (name: string) => WriteAsk;
  /** An unknown name may act in the caller's own tenant (a new session, a new contact): then only beta's rows are looked at. */
  readonly mayAct?: true;
};

export const get =
  (target: (name: string) => string) =>
  (name: string): WriteAsk => ({ method: "GET", target: `${API}${target(name)}` });
export const post =
  (target: string, body: (name: string) => object) =>
  (name: string): WriteAsk => ({ target: `${API}${target}`, body: body(name) });
export const to =
  (target: (name: string) => string, body: object = {}, method: "POST" | "DELETE" = "POST") =>
  (name: string): WriteAsk => ({ method, target: `${API}${target(name)}`, ...(method === "POST" ? { body } : {}) });
export const attack = (id: string, what: string, foreign: string, ask: Attack["ask"]): Attack => ({ id, what, foreign, ask });

export const contactAttacks = (id: string, ask: Attack["ask"]): Attack[] => [
  attack(id, "a foreign contact's id", CONTACT.foreign, ask),
  attack(id, "a foreign chatbot contact's id", CHATBOT.foreign, ask),
  attack(id, "a foreign user's id", USER.foreign, ask),
  { ...attack(id, "a number that only the other tenant has", FOREIGN_JID, ask), unknown: "15550007071@s.whatsapp.net" },
];
export const sessionAttacks = (id: string, ask: Attack["ask"], rest: Partial<Attack> = {}): Attack[] => [
  { ...attack(id, "a foreign session's key", SESSION.foreign, ask), ...rest },
  { ...attack(id, "the other tenant's id as a key", TENANT.beta, ask), ...rest },
];
export const CONFIG = { awayMessage: "taken over" };
export const TEXT = { toJid: "15550001001", content: "into another tenant" };
