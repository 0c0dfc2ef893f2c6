import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Shelf } from "../shelf.ts";
import { children } from "../wire/stanza.ts";

const SEQUENCE_DIGITS = 12;

type Letter = { readonly sequence: number; readonly node: BinaryNode };

/** What a device was sent and has not acknowledged, in order. It outlives connections: a device that logs in gets all of it again. */
export type Mailbox = {
  readonly add: (node: BinaryNode) => Promise<void>;
  /** Takes out what an `<ack>` or a `<receipt>` of the device speaks of. */
  readonly acknowledge: (node: BinaryNode) => Promise<void>;
  readonly waiting: () => readonly BinaryNode[];
  readonly clear: () => Promise<void>;
};

export function createMailbox(shelf: Shelf, owner: string): Mailbox {
  const prefix = `mailbox/${owner}/`;
  let letters = shelf.under(prefix) as readonly Letter[];
  let next = (letters.at(-1)?.sequence ?? 0) + 1;
  const keyOf = ({ sequence }: Letter): string => prefix + String(sequence).padStart(SEQUENCE_DIGITS, "0");
  const remove = async (isGone: (letter: Letter) => boolean): Promise<void> => {
    const gone = letters.filter(isGone);
    if (gone.length === 0) return;
    letters = letters.filter((letter) => !isGone(letter));
    await shelf.write(gone.map((letter) => [keyOf(letter), undefined] as const));
  };
  return {
    add: async (node) => {
      const letter = { sequence: next++, node };
      letters = [...letters, letter];
      await shelf.write([[keyOf(letter), letter]]);
    },
    acknowledge: async (node) => {
      const ids = acknowledgedBy(node);
      await remove((letter) => ids.includes(identify(letter.node)) && !(isNack(node) && isResend(letter.node)));
    },
    waiting: () => letters.map(({ node }) => node),
    clear: () => remove(() => true),
  };
}

/** Baileys asks for a message again and then says 500 about it: that is said of the first one, not of the one sent again. */
const isNack = (node: BinaryNode): boolean => node.attrs["error"] === "500";

const isResend = (node: BinaryNode): boolean => children(node).some(({ tag, attrs }) => tag === "enc" && attrs["count"] !== undefined);

const identify = ({ tag, attrs }: BinaryNode): string =>
  tag === "message" ? `message ${attrs["id"]}` : [tag, attrs["id"], attrs["type"], attrs["participant"]].join(" ");

function acknowledgedBy({ tag, attrs, content }: BinaryNode): readonly string[] {
  if (tag === "ack") {
    const { class: what, id, type, participant } = attrs;
    return [what === "message" ? `message ${id}` : [what, id, type, participant].join(" ")];
  }
  const list = Array.isArray(content) ? content.find((each) => each.tag === "list") : undefined;
  return [attrs["id"], ...children(list).map((item) => item.attrs["id"])].map((id) => `message ${id}`);
}
