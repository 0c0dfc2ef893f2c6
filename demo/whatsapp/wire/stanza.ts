import { getAllBinaryNodeChildren, getBinaryNodeChild, type BinaryNode } from "@whiskeysockets/baileys";

export const SERVER = "s.whatsapp.net";

/** A binary node; attributes that are `undefined` are left out. */
export function stanza(tag: string, attributes: Readonly<Record<string, string | undefined>> = {}, content?: BinaryNode["content"]): BinaryNode {
  const attrs = Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return content === undefined ? { tag, attrs } : { tag, attrs, content };
}

/** The result of an iq: it goes back under the same id. */
export const resultOf = (iq: BinaryNode, content?: BinaryNode[]): BinaryNode =>
  stanza("iq", { from: SERVER, type: "result", id: iq.attrs["id"] }, content);

export const errorOf = (iq: BinaryNode, code: number, text: string): BinaryNode =>
  stanza("iq", { from: SERVER, type: "error", id: iq.attrs["id"] }, [stanza("error", { code: String(code), text })]);

export const child = (node: BinaryNode | undefined, tag: string): BinaryNode | undefined => getBinaryNodeChild(node, tag);

export const children = (node: BinaryNode | undefined): BinaryNode[] => (node === undefined ? [] : getAllBinaryNodeChildren(node));

/** The bytes a node carries; empty when it carries none. */
export function bytes(node: BinaryNode | undefined): Buffer {
  const content = node?.content;
  if (content instanceof Uint8Array) return Buffer.from(content);
  return Buffer.from(typeof content === "string" ? content : "");
}

/** An unsigned big-endian number, as ids of keys travel. */
export const toBigEndian = (value: number, length: number): Buffer => {
  const buffer = Buffer.alloc(length);
  buffer.writeUIntBE(value, 0, length);
  return buffer;
};

export const fromBigEndian = (buffer: Buffer): number => (buffer.length === 0 ? 0 : buffer.readUIntBE(0, buffer.length));
