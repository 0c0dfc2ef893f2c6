/** Phone numbers of a vCard, digits only, in order, each once: the WhatsApp id of a line when it has one, else its value. */
export function phonesOfVcard(vcard: string): string[] {
  const lines = vcard.replaceAll(/\r?\n[ \t]/g, "").split(/\r?\n/);
  return [...new Set(lines.flatMap(phoneOfLine))];
}

function phoneOfLine(line: string): string[] {
  const colon = line.indexOf(":");
  if (colon === -1) return [];
  const head = line.slice(0, colon);
  if (!/^(?:[\w-]+\.)?TEL(?:;|$)/i.test(head)) return [];
  const whatsappId = /;waid=(\d+)/i.exec(head)?.[1];
  const digits = whatsappId ?? line.slice(colon + 1).replaceAll(/\D/g, "");
  return digits === "" ? [] : [digits];
}
