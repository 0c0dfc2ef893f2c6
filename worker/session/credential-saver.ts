import type { AuthenticationCreds } from "@whiskeysockets/baileys";
import type { Credentials } from "../auth/credentials.ts";

/** Stores credentials as often as they change, one write at a time; changes during a write are stored with the next. */
export class CredentialSaver {
  #writing: Promise<void> | undefined;
  #isDirty = false;
  #isClosed = false;

  constructor(
    private readonly credentials: Credentials,
    /** The client library changes this object in place. */
    private readonly creds: AuthenticationCreds,
    private readonly onFailed: (error: unknown) => void,
  ) {}

  save(): void {
    if (this.#isClosed) return;
    this.#isDirty = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Stores what is left; nothing that comes later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#writing !== undefined) await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      while (this.#isDirty) {
        this.#isDirty = false;
        await this.credentials.save(this.creds);
      }
    } catch (error) {
      this.onFailed(error);
    }
  }
}
