import type { Contact } from "@ipnuo/domain/contact";

type Searched = Pick<Contact, "name" | "phoneNumber" | "jid" | "assignee">;

/** Every word must be found, in any of the fields; accents and case do not count. A number may be typed with `+` and spaces. */
export function matchesSearch({ name, phoneNumber, jid, assignee }: Searched, search: string): boolean {
  const digits = /^\+?[0-9 ()-]+$/.test(search.trim()) ? search.replaceAll(/[^0-9]/g, "") : undefined;
  if (digits !== undefined && digits !== "" && (phoneNumber ?? jid).includes(digits)) return true;
  const text = plain([name, phoneNumber, assignee?.name].join(" "));
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const plain = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().trim();
