import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import type { EndpointMatch } from "../core/endpoint.ts";
import type { Roles } from "../core/roles.ts";
import type { SendPayload } from "../core/send-ledger/payload.ts";
import type { HeaderList, System } from "../core/types.ts";
import type { NewSend, SendStore } from "../store/send-store.ts";
import type { SendVault } from "../store/send-vault.ts";
import type { Failure } from "./answer-failure.ts";
import type { KeptAnswer } from "./send-answers.ts";
import type { FormDescription } from "./send-form.ts";
import type { ScopeOptions } from "./send-scope.ts";

/** One request to an endpoint of class `send`. */
export type SendRequest = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly match: EndpointMatch;
  readonly target: string;
  readonly headers: HeaderList;
  readonly roles: Roles;
};

/** `pass`: not ours; forward it like anything else. */
export type SendHandling = "handled" | "pass";

/** A request with its body: read as a whole, or hashed on its way. */
export type ReadSend = SendRequest & {
  readonly requestId: string;
  readonly body:
    | { readonly kind: "bytes"; readonly bytes: Buffer }
    | { readonly kind: "form"; readonly fingerprintOf: (body: SendPayload["body"]) => string };
};

/** What the ledger is told of it, with the key that only the owner sees. */
export type SendEntry = NewSend & { readonly key: string };

export type SendParts = {
  /** undefined while it was never connected */
  readonly store: () => SendStore | undefined;
  readonly vault: SendVault;
  readonly scope: ScopeOptions;
  readonly familyOf: (family: string) => { readonly honoursKey: Readonly<Record<System, boolean>>; readonly isGuarded: boolean };
  /** Open a connection of its own for each send. */
  readonly dispatchers: Readonly<Record<System, Pick<Dispatcher, "dispatch">>>;
  readonly events: SendEvents;
};

/** What became of a request to send, as it is counted. */
export type SendOutcome =
  | "accepted"
  | "refused"
  | "unsent"
  | "unknown"
  | "replayed"
  | "conflicts"
  | "mismatches"
  | "unprotected"
  | "failedClosed"
  | "duplicatesPrevented";

type Where = { readonly endpointId: string; readonly family: string; readonly system: System };

/** What an owner said to a send that it was handed for the first time. */
export type AnsweredSend = {
  readonly send: ReadSend;
  readonly answer: KeptAnswer;
  readonly tookMs: number;
  /** What a form held; undefined for everything else. */
  readonly form: FormDescription | undefined;
};

export type SendEvents = {
  readonly onSend: (endpointId: string, outcome: SendOutcome) => void;
  readonly onServed: (served: Where & { readonly status: number; readonly tookMs: number }) => void;
  readonly onOwnerError: (failure: Where & Pick<Failure, "code" | "requestId" | "cause">) => void;
  /** An owner that answers as primary for the first time of a send: what the other would have said can be asked now. */
  readonly onAnswered: (answered: AnsweredSend) => void;
  /** Nobody knows what became of it. */
  readonly onUnknown: (lost: {
    readonly send: ReadSend;
    readonly entry: SendEntry;
    readonly id: string;
    readonly key: string;
    readonly form: FormDescription | undefined;
  }) => void;
  /** The ledger's own trouble. */
  readonly onError: (error: unknown) => void;
};
