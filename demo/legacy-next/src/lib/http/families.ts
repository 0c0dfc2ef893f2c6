/** Endpoints that flip together (contract 2: the first word of an id). */
export const FAMILIES = ["sessions", "analytics", "contacts", "conversation", "sends", "media", "config", "transfers", "realtime"] as const;
export type Family = (typeof FAMILIES)[number];
