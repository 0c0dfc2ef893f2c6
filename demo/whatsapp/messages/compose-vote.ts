import { randomBytes } from "node:crypto";
import { aesEncryptGCM, hmacSign, proto, sha256 } from "@whiskeysockets/baileys";
import type { Conversation } from "./compose.ts";
import { phoneJid } from "../people/person.ts";
import type { World } from "../world.ts";

type Vote = { readonly pollId: string; readonly options: readonly string[]; readonly key: proto.IMessageKey };

/** A vote: hashes of the options, encrypted with the poll's secret. Throws when the poll is none. */
export function composeVote(world: World, { account, from }: Conversation, { pollId, options, key }: Vote): proto.IMessage {
  const entry = world.ledger.find(account, pollId);
  const secret = proto.Message.fromObject(entry?.message ?? {}).messageContextInfo?.messageSecret;
  if (entry === undefined || !secret) throw new Error(`message ${pollId} is no poll`);
  const creator = phoneJid(entry.from);
  const voter = phoneJid(from);
  const purpose = Buffer.concat([Buffer.from(pollId + creator + voter + "Poll Vote"), Buffer.from([1])]);
  const encryptionKey = hmacSign(purpose, hmacSign(Buffer.from(secret), Buffer.alloc(32)));
  const encIv = randomBytes(12);
  const plaintext = proto.Message.PollVoteMessage.encode({ selectedOptions: options.map((option) => sha256(Buffer.from(option))) }).finish();
  const encPayload = aesEncryptGCM(plaintext, encryptionKey, encIv, Buffer.from(`${pollId}\u0000${voter}`));
  return { pollUpdateMessage: { pollCreationMessageKey: key, vote: { encPayload, encIv }, senderTimestampMs: world.now().getTime() } };
}
