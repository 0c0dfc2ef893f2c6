import { contentOf, listChats, nameOf } from "./model.js";
import { renderChats, renderDevices, renderMessages, setOptions } from "./view.js";

/** The phone page: asks for the state after every change, and does what a person does with a phone. */
const byId = (id) => document.getElementById(id);
const TROUBLE_MS = 6_000;

let state = { canScanShown: false, devices: [], people: [], groups: [], messages: [] };
let open;
let quoted;
/** Chats opened here that have no message yet. */
const opened = [];
const receipted = new Set();

async function call(verb, body) {
  const response = await fetch(`/control/${verb}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer.result;
}

let troubleTimer;
function tell(error) {
  byId("trouble").textContent = error.message;
  byId("trouble").hidden = false;
  clearTimeout(troubleTimer);
  troubleTimer = setTimeout(() => (byId("trouble").hidden = true), TROUBLE_MS);
}

/** Runs a form's work; what goes wrong is told, the button waits meanwhile. */
function onSubmit(id, work) {
  const submit = async (form, button) => {
    if (button) button.disabled = true;
    try {
      await work(form, button?.value);
    } catch (error) {
      tell(error);
    } finally {
      if (button) button.disabled = false;
    }
  };
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(event.target, event.submitter);
  });
}

onSubmit("link", async (form, how) => {
  const owner = { phone: form.phone.value, name: form.elements.name.value };
  if (how === "shown") await call("scan-shown", owner);
  else if (how === "code") await call("enter-pairing-code", { ...owner, code: form.code.value });
  else await call("scan", { ...owner, qr: form.qr.value.trim() });
  form.qr.value = "";
  form.code.value = "";
});

onSubmit("new-chat", async (form) => {
  const chat = { account: form.account.value, chat: form.phone.value, name: form.elements.name.value };
  if (!chat.account) throw new Error("link a device first: a contact writes to its account");
  opened.push(chat);
  open = chat;
  form.reset();
  draw();
  byId("composer").text.focus();
});

onSubmit("composer", async (form) => {
  if (!open) throw new Error("open a chat first");
  const content = await contentOf(form.kind.value, form.text.value, form.file.files[0]);
  const answer = quoted ? { quoted } : {};
  await write(form.as.value, { content, ...answer });
  form.text.value = "";
  form.file.value = "";
  answerTo(undefined);
});

/** As a contact, or as the owner of the account on the phone. */
async function write(writer, message) {
  const isGroup = open.chat.includes("@");
  if (writer === open.account) return call("send-from-phone", { account: open.account, to: open.chat, ...message });
  return call("send", { to: open.account, from: writer, name: nameOf(state, writer, opened), ...(isGroup ? { group: open.chat } : {}), ...message });
}

function answerTo(message) {
  quoted = message?.id;
  byId("reply").hidden = quoted === undefined;
  byId("reply-text").textContent = message ? message.text || message.kind : "";
}
byId("reply-cancel").addEventListener("click", () => answerTo(undefined));

byId("composer").kind.addEventListener("change", ({ target }) => {
  const { text, file } = byId("composer");
  file.hidden = target.value !== "file";
  text.placeholder = { text: "Message", file: "Caption", poll: "Question" }[target.value] ?? "";
  text.hidden = !["text", "file", "poll"].includes(target.value);
  if (!file.hidden) file.style.gridColumn = "2";
});

const actions = {
  answer: (message) => answerTo(message),
  react: (message) => write(byId("writer").value, { content: { kind: "reaction", to: message.id, emoji: "👍" } }).catch(tell),
  remove: (message) => write(message.from, { content: { kind: "delete", of: message.id } }).catch(tell),
};

/** What the open chat shows, its reader has read. */
function readOpenChat(messages) {
  if (!byId("reads").checked || open.chat.includes("@") || document.hidden) return;
  for (const { id, from, account, tick } of messages) {
    if (from !== account || tick === "read" || receipted.has(id)) continue;
    receipted.add(id);
    call("receipt", { account, from: open.chat, id, type: "read" }).catch(tell);
  }
}

function draw() {
  byId("scan-shown").hidden = !state.canScanShown;
  renderDevices(byId("devices"), state.devices);
  const accounts = [...new Set([...state.devices.map(({ phone }) => phone), ...state.messages.map(({ account }) => account)])];
  setOptions(
    byId("accounts"),
    accounts.map((phone) => [phone, nameOf(state, phone, opened)]),
  );
  const chats = listChats(state, opened);
  open ??= chats[0];
  renderChats(byId("chats"), { chats, open, onOpen: (chat) => ((open = chat), answerTo(undefined), draw()) });
  if (!open) return;
  const members = open.chat.includes("@") ? state.people.map(({ phone }) => phone).filter((phone) => phone !== open.account) : [open.chat];
  setOptions(byId("writer"), [
    ...members.map((phone) => [phone, nameOf(state, phone, opened)]),
    [open.account, `${nameOf(state, open.account, opened)} (owner’s phone)`],
  ]);
  byId("title").textContent = `${nameOf(state, open.chat, opened)} and ${nameOf(state, open.account, opened)}`;
  const messages = state.messages.filter(({ account, chat }) => account === open.account && chat === open.chat);
  renderMessages(byId("messages"), { messages, account: open.account, actions, nameOf: (phone) => nameOf(state, phone, opened) });
  readOpenChat(messages);
}

let isAsking = false;
let isStale = false;
/** One question at a time; what changed meanwhile is asked for afterwards. */
async function refresh() {
  if (isAsking) {
    isStale = true;
    return;
  }
  isAsking = true;
  try {
    do {
      isStale = false;
      state = await (await fetch("/state")).json();
      draw();
    } while (isStale);
  } catch {
    setLine(false);
  } finally {
    isAsking = false;
  }
}

function setLine(isLive) {
  byId("line").textContent = isLive ? "live" : "reconnecting";
  byId("line").classList.toggle("live", isLive);
}

byId("reads").addEventListener("change", draw);
document.addEventListener("visibilitychange", draw);
const changes = new EventSource("/changes");
changes.addEventListener("message", () => {
  setLine(true);
  void refresh();
});
changes.addEventListener("error", () => setLine(false));
