import type { WAMessageKey } from "@whiskeysockets/baileys";
import type { StatusReport } from "./status-items.ts";

/** What was taken lately, so that the event that follows does not report it again. Bounded: the oldest leave first. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly max: number) {}

  add(key: string): void {
    this.keys.add(key);
    if (this.keys.size <= this.max) return;
    const [oldest] = this.keys;
    if (oldest !== undefined) this.keys.delete(oldest);
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }
}

export function messageKey({ remoteJid, id, fromMe }: WAMessageKey): string {
  return `${remoteJid ?? ""} ${id ?? ""} ${fromMe === true ? "own" : "other"}`;
}

export function statusKey({ messageId, status }: StatusReport): string {
  return `${messageId} ${status}`;
}
