/** What is in the state, and what a form means. */

export function nameOf(state, phone, opened) {
  const group = state.groups.find(({ jid }) => jid === phone);
  if (group) return group.subject;
  const known = state.people.find((person) => person.phone === phone)?.name;
  if (known && known !== phone) return known;
  return opened.find(({ chat }) => chat === phone)?.name ?? phone;
}

/** Newest first; chats that were only opened come last. */
export function listChats(state, opened) {
  const chats = new Map();
  for (const { account, chat, text, kind } of state.messages.toReversed()) {
    const key = `${account}/${chat}`;
    if (!chats.has(key)) chats.set(key, { account, chat, last: text || words(kind) });
  }
  for (const { account, chat } of opened) if (!chats.has(`${account}/${chat}`)) chats.set(`${account}/${chat}`, { account, chat, last: "" });
  return [...chats.values()].map((each) => ({
    ...each,
    name: nameOf(state, each.chat, opened),
    accountName: nameOf(state, each.account, opened),
  }));
}

/** `pollCreation` reads as "poll creation". */
export const words = (kind) => kind.replaceAll(/([A-Z])/g, (_, letter) => ` ${letter.toLowerCase()}`);

/** The content a form describes. Samples stand in for what a page cannot record. */
export async function contentOf(kind, text, file) {
  switch (kind) {
    case "text":
      if (!text.trim()) throw new Error("write something first");
      return { kind, text };
    case "file":
      return fileContent(file, text);
    case "voice":
      return { kind: "audio", isVoiceNote: true, seconds: 4 };
    case "location":
      return { kind, latitude: 37.7793, longitude: -122.4193, name: "City Hall" };
    case "contacts":
      return { kind, contacts: [{ name: "Bob", phone: "15550003000" }] };
    case "poll":
      return { kind, question: text || "Which day?", options: ["Monday", "Tuesday"] };
    default:
      return { kind };
  }
}

async function fileContent(file, caption) {
  if (!file) throw new Error("choose a file first");
  const base64 = toBase64(new Uint8Array(await file.arrayBuffer()));
  const common = { base64, ...(file.type ? { mimetype: file.type } : {}), ...(caption ? { caption } : {}) };
  const [family] = file.type.split("/");
  if (family === "image" || family === "video") return { kind: family, ...common };
  return { kind: "document", fileName: file.name, ...common };
}

function toBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
