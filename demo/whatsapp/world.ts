import type { Connection } from "./wire/connection.ts";
import { createConduct, type Conduct } from "./conduct.ts";
import { createDevices, type Devices } from "./devices/devices.ts";
import { createGroups, type Groups } from "./groups/groups.ts";
import { createLedger, type Ledger } from "./messages/ledger.ts";
import type { MediaStore } from "./media/media-store.ts";
import type { CodeRequest } from "./devices/pairing-code.ts";
import { createPeople, type People } from "./people/people.ts";
import type { Registration } from "./devices/registration.ts";
import type { Shelf } from "./shelf.ts";

/** Everything the server knows. What must survive it lies on the shelf. */
export type World = {
  readonly shelf: Shelf;
  readonly people: People;
  readonly devices: Devices;
  readonly groups: Groups;
  readonly ledger: Ledger;
  readonly media: MediaStore;
  readonly conduct: Conduct;
  /** Clients that show a QR, by each of their references. */
  readonly registrations: Map<string, Registration>;
  /** Clients that show a code, by the phone it is for. */
  readonly codeRequests: Map<string, Pick<Registration, "complete"> & CodeRequest>;
  readonly connections: Set<Connection>;
  /** What went wrong inside the server: tests expect it to stay empty. */
  readonly faults: unknown[];
  readonly now: () => Date;
  /** Called after whatever a page would show has changed; answers what stops it. */
  readonly onChange: (listener: () => void) => () => void;
  readonly changed: () => void;
};

export function createWorld({ shelf, media, now }: Pick<World, "shelf" | "media" | "now">): World {
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed,
    shelf,
    media,
    people: createPeople(shelf),
    devices: createDevices(shelf),
    groups: createGroups(shelf),
    ledger: createLedger(shelf, changed),
    conduct: createConduct(),
    registrations: new Map(),
    codeRequests: new Map(),
    connections: new Set(),
    faults: [],
    now,
  };
}

export const toSeconds = (date: Date): string => String(Math.floor(date.getTime() / 1000));
