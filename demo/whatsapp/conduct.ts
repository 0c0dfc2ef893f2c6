/** What the server does with the next messages a device sends. */
export type AckMode =
  | { readonly mode: "prompt" }
  | { readonly mode: "slow"; readonly delayMs: number }
  /** The contact gets the message, the sender never hears of it. */
  | { readonly mode: "dropped" }
  /** The line is cut before anything is done with the message. */
  | { readonly mode: "cut" }
  /** Refused: the contact gets nothing. 463: no first contact allowed. */
  | { readonly mode: "error"; readonly code: number };

/** How far contacts go by themselves with what they get. */
export type ReceiptMode = "none" | "delivered" | "read";

/** The server's manners, changed by its control. */
export type Conduct = {
  acks: AckMode;
  receipts: ReceiptMode;
  /** What devices send reaches phones broken. */
  isGarbling: boolean;
  /** Logins refused, by phone, with this code. */
  readonly refusals: Map<string, number>;
  /** Numbers without WhatsApp. */
  readonly absentees: Set<string>;
};

export const createConduct = (): Conduct => ({
  acks: { mode: "prompt" },
  receipts: "delivered",
  isGarbling: false,
  refusals: new Map(),
  absentees: new Set(),
});
