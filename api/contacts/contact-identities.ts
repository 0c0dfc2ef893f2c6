import { Injectable } from "@nestjs/common";
import { addressesOf, canonicalJid, planIdentity, type Identity, type StoredIdentity } from "@ipnuo/domain/contact-identity";
import { phoneDigitsOf } from "@ipnuo/domain/jid";
import { AppError } from "../../lib/errors.ts";
import { empty, sql, type Sql } from "../runtime/sql.ts";
import type { Queries, Transaction } from "../runtime/transactions.ts";
import { ContactMerges } from "./contact-merges.ts";

/** A new contact: what is known of it beside its addresses. */
export type NewContact = { readonly sessionId: string; readonly name: string | null };

/** The contact an identity stands for. */
export type IdentifiedContact = {
  readonly id: string;
  readonly jid: string;
  readonly isNew: boolean;
  /** The contact that went into this one. */
  readonly absorbedId: string | undefined;
  /** It has a phone address now and had none before. */
  readonly learntPhone: boolean;
  /** A stored address changed. */
  readonly isChanged: boolean;
};

/** Called with the ids of stored contacts that are about to change, before anything does. */
export type BeforeChange = (ids: readonly string[]) => Promise<void>;

const MAX_ATTEMPTS = 5;

/** Finds, creates, completes and merges contacts by their addresses: one person, one row (contract 6.3). */
@Injectable()
export class ContactIdentities {
  constructor(private readonly merges: ContactMerges) {}

  /** The contact of an identity, with every address that is known of it now. */
  async obtain(
    transaction: Transaction,
    tenantId: string,
    identity: Identity,
    { created, beforeChange }: { readonly created: NewContact; readonly beforeChange: BeforeChange },
  ): Promise<IdentifiedContact> {
    const { db } = transaction;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const stored = await byAddress(db, tenantId, addressesOf(identity), sql`for no key update`);
      const plan = planIdentity(identity, stored);
      const touched = [plan.target, plan.absorbed, plan.released].flatMap((row) => row?.id ?? []);
      await beforeChange(touched);
      if (plan.released !== undefined) await this.merges.release(db, plan.released);
      const target = plan.target ?? (await create(db, tenantId, identity, created));
      // Somebody created it meanwhile: it is visible now, and is looked at again.
      if (target === undefined) continue;
      if (plan.absorbed !== undefined) await this.merges.absorb(db, target.id, plan.absorbed.id);
      const completed = complete(target, identity);
      const isChanged = completed.pn !== target.pn || completed.lid !== target.lid || completed.jid !== target.jid;
      if (isChanged) await this.merges.setAddresses(db, target, completed);
      return {
        id: target.id,
        jid: completed.jid,
        isNew: plan.target === undefined,
        absorbedId: plan.absorbed?.id,
        learntPhone: plan.target !== undefined && plan.target.pn === null && completed.pn !== null,
        isChanged: isChanged || plan.absorbed !== undefined || plan.released !== undefined,
      };
    }
    throw new AppError("CONTACT_IDENTITY", "a contact's addresses were taken by others again and again");
  }

  /** The contact `obtain` would come to, without a change to anything; its id is null when it would be made. */
  async foresee(db: Queries, tenantId: string, identity: Identity): Promise<{ readonly id: string | null; readonly jid: string }> {
    const { target } = planIdentity(identity, await byAddress(db, tenantId, addressesOf(identity), empty));
    return target === undefined ? { id: null, jid: canonicalJid(identity) } : { id: target.id, jid: complete(target, identity).jid };
  }
}

/** A group's addresses are its own; a person's are completed, and the phone's is the one it is reached by. */
function complete(target: StoredIdentity, identity: Identity): StoredIdentity {
  if (identity.kind === "group") return target;
  const pn = identity.pn ?? target.pn;
  const lid = identity.lid ?? target.lid;
  return { id: target.id, jid: pn ?? lid ?? target.jid, pn, lid };
}

function byAddress(db: Queries, tenantId: string, addresses: string[], lock: Sql): Promise<StoredIdentity[]> {
  return db.$queryRaw<StoredIdentity[]>(sql`
    select k.id, k.jid, k.pn, k.lid from whatsapp_contacts k
    where k."tenantId" = ${tenantId} and (k.pn = any(${addresses}) or k.lid = any(${addresses}) or k.jid = any(${addresses}))
    order by k.id ${lock}`);
}

/** Undefined when another transaction was faster. */
async function create(db: Queries, tenantId: string, identity: Identity, { sessionId, name }: NewContact): Promise<StoredIdentity | undefined> {
  const { pn, lid } = identity.kind === "group" ? { pn: null, lid: null } : identity;
  const [row] = await db.whatsAppContact.createManyAndReturn({
    data: [
      {
        tenantId,
        sessionId,
        name,
        jid: canonicalJid(identity),
        pn,
        lid,
        phoneNumber: pn === null ? null : (phoneDigitsOf(pn) ?? null),
        isGroup: identity.kind === "group",
      },
    ],
    skipDuplicates: true,
    select: { id: true, jid: true, pn: true, lid: true },
  });
  return row;
}
