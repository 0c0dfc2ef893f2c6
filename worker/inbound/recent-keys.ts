import type { WAMessageKey } from "@whiskeysockets/baileys";

/** Messages that were taken lately, so that the event that follows does not report them again. Bounded: the oldest leave first. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  constructor(private readonly max: number) {}

  add(key: WAMessageKey): void {
    this.keys.add(textOf(key));
    if (this.keys.size <= this.max) return;
    const [oldest] = this.keys;
    if (oldest !== undefined) this.keys.delete(oldest);
  }

  has(key: WAMessageKey): boolean {
    return this.keys.has(textOf(key));
  }
}

function textOf({ remoteJid, id, fromMe }: WAMessageKey): string {
  return `${remoteJid ?? ""} ${id ?? ""} ${fromMe === true ? "own" : "other"}`;
}
