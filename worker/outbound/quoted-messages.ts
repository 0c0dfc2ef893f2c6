import type { proto, WAMessage, WAMessageKey } from "@whiskeysockets/baileys";
import type { Database } from "../database.ts";

type Row = {
  readonly messageId: string;
  readonly remoteJid: string;
  readonly fromMe: boolean;
  readonly content: string | null;
  readonly messageType: string;
  readonly participant: string | null;
};

/** Messages as they are in the database, for those who answer them and those who could not read them. */
export class QuotedMessages {
  constructor(
    private readonly database: Database,
    private readonly sessionId: string,
  ) {}

  /** The message a row of the outbox answers; undefined when it answers none, or one that is not there. */
  async find(payload: unknown, chatJid: string): Promise<WAMessage | undefined> {
    const id = (payload as { readonly quotedMessageId?: unknown } | null)?.quotedMessageId;
    const row = typeof id === "string" ? await this.#row(id) : undefined;
    if (row === undefined) return undefined;
    const key: WAMessageKey = { remoteJid: chatJid, id: row.messageId, fromMe: row.fromMe };
    if (row.participant !== null) key.participant = row.participant;
    return { key, message: { conversation: row.content ?? "" } };
  }

  /** What the client library sends again when a device could not decrypt it. Media it only has for as long as it remembers. */
  async original({ id }: WAMessageKey): Promise<proto.IMessage | undefined> {
    const row = typeof id === "string" ? await this.#row(id) : undefined;
    if (row === undefined || !row.fromMe || row.messageType !== "TEXT" || row.content === null) return undefined;
    return { extendedTextMessage: { text: row.content } };
  }

  async #row(messageId: string): Promise<Row | undefined> {
    const [row] = await this.database.query<Row>(
      `select "messageId", "remoteJid", "fromMe", content, "messageType"::text, metadata->>'participant' as participant
       from whatsapp_messages where "sessionId" = $1 and "messageId" = $2`,
      [this.sessionId, messageId],
    );
    return row;
  }
}
