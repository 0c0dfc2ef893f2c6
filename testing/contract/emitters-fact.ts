import { AT, type Stage } from "./emitters-stage.ts";
import { USER } from "./ids.ts";

/** What a fact is, and what most of them begin with. */

export type Fact = {
  readonly what: string;
  /** What is there before; nothing of it is told. */
  readonly given?: (stage: Stage) => Promise<unknown>;
  readonly act: (stage: Stage) => Promise<unknown>;
  /** On the session's channel, in this order. */
  readonly told: readonly string[];
  /** On users' channels; the admins and super_admins of the tenant are two. */
  readonly toldUsers?: readonly string[];
  /** Keys that hold the time of the act. */
  readonly recentKeys?: readonly string[];
  /** Nothing of it is in any row afterwards. */
  readonly isStoredNowhere?: true;
};

/** Of two code points each time: of two and four bytes. */
export const LONG = "á😀".repeat(1_000);
export const LONG_NAME = "á😀".repeat(100);
export const LONG_WORDS = "á😀".repeat(300);
export const UPDATE = "connection.update";
export const CREATED = "contact.created";
export const UPDATED = "contact.updated";

export const connected = (stage: Stage): Promise<unknown> => stage.session();

/** A session with a contact and a message of theirs. */
export const known = async (stage: Stage): Promise<void> => {
  await stage.session();
  await stage.contact();
  await stage.message();
};

/** A contact somebody has, with an open conversation. */
export const owned = async (stage: Stage, values: object = {}): Promise<void> => {
  await stage.session();
  await stage.contact({ userId: USER.owner, sessionStatus: "OPEN", sessionStartedAt: new Date(AT), ...values });
};
