import { words } from "./model.js";

/** Draws; knows nothing of the server. Text goes in as text, never as HTML. */

const element = (tag, properties = {}, ...content) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
};

export function renderDevices(list, devices) {
  const items = devices.map(({ name, phone, number, platform, isOnline, waiting }) =>
    element(
      "li",
      {},
      element("span", { className: isOnline ? "dot live" : "dot" }),
      element("b", { textContent: name }),
      element("small", { textContent: `Device ${number} · ${platform || "unknown"}` }),
      element("small", {
        textContent: `+${phone} · ${isOnline ? "online" : "away"}${waiting > 0 ? ` · ${waiting} waiting` : ""}`,
      }),
    ),
  );
  list.replaceChildren(...(items.length === 0 ? [element("li", { className: "empty", textContent: "None yet. Link one below." })] : items));
}

export function setOptions(select, options) {
  const wanted = options.map(([value, text]) => `${value} ${text}`).join("\n");
  if (select.dataset.options === wanted) return;
  const chosen = select.value;
  select.dataset.options = wanted;
  select.replaceChildren(...options.map(([value, text]) => element("option", { value, textContent: text })));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

export function renderChats(list, { chats, open, onOpen }) {
  const items = chats.map((chat) => {
    const button = element(
      "button",
      { type: "button" },
      element("b", { textContent: chat.name }),
      element("span", { textContent: chat.last || `to ${chat.accountName}` }),
    );
    button.setAttribute("aria-current", String(open?.account === chat.account && open?.chat === chat.chat));
    button.addEventListener("click", () => onOpen(chat));
    return element("li", {}, button);
  });
  list.replaceChildren(...(items.length === 0 ? [element("li", { className: "empty", textContent: "No chats yet." })] : items));
}

const TICKS = { sent: "✓", delivered: "✓✓", read: "✓✓" };
const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function renderMessages(list, { messages, account, actions, nameOf }) {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...messages.map((message) => renderMessage(message, { isOurs: message.from !== account, actions, nameOf })));
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function renderMessage(message, { isOurs, actions, nameOf }) {
  const { kind, text, at, tick, from } = message;
  const isText = kind === "conversation" || kind === "extendedText";
  const meta = element("div", { className: "meta" });
  const act = (label, textContent, action) => {
    const button = element("button", { type: "button", textContent, title: label });
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => action(message));
    meta.append(button);
  };
  act("Answer it", "↩", actions.answer);
  act("React with a thumb", "👍", actions.react);
  if (isOurs) act("Delete it for everyone", "🗑", actions.remove);
  meta.append(element("span", { textContent: nameOf(from) }), element("time", { dateTime: at, textContent: time.format(new Date(at)) }));
  meta.append(element("span", { className: tick === "read" ? "tick read" : "tick", textContent: TICKS[tick], title: tick }));
  const parts = [
    ...(isText ? [] : [element("div", { className: "kind", textContent: words(kind) })]),
    ...(text ? [element("div", { textContent: text })] : []),
    meta,
  ];
  return element("li", { className: isOurs ? "ours" : "theirs" }, ...parts);
}
