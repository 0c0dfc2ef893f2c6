import type { PairedDevice } from "../control.ts";
import type { Entry } from "../messages/ledger.ts";
import type { World } from "../world.ts";

const MAX_MESSAGES = 500;

/** What the phone page shows. */
export type PageState = {
  readonly canScanShown: boolean;
  readonly devices: readonly (PairedDevice & { readonly platform: string; readonly pairedAt: number })[];
  readonly people: readonly { readonly phone: string; readonly name: string }[];
  readonly groups: readonly { readonly jid: string; readonly subject: string }[];
  readonly messages: readonly Omit<Entry, "message">[];
};

export function readPageState(world: World, canScanShown: boolean): PageState {
  return {
    canScanShown,
    devices: world.devices.all().map(({ record: { phone, number, platform, pairedAt, hasHistory }, connection, mailbox }) => ({
      phone,
      hasHistory,
      number,
      platform,
      pairedAt,
      name: world.people.nameOf(phone),
      isOnline: connection !== undefined,
      waiting: mailbox.waiting().length,
    })),
    people: world.people.all().map(({ phone, name }) => ({ phone, name })),
    groups: world.groups.all().map(({ jid, subject }) => ({ jid, subject })),
    messages: world.ledger
      .entries()
      .slice(-MAX_MESSAGES)
      .map(({ message: _message, ...rest }) => rest),
  };
}
