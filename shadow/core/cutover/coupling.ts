/** Which families flip together. A coupling said of one family holds for both; only configured families count. */
export type Couplings = Readonly<Record<string, { readonly with: readonly string[] }>>;

/** All families that flip with this one, itself included, sorted. */
export function groupOf(family: string, couplings: Couplings): readonly string[] {
  const group = new Set([family]);
  for (let size = 0; size !== group.size;) {
    size = group.size;
    for (const [name, { with: partners }] of Object.entries(couplings)) {
      const known = partners.filter((partner) => Object.hasOwn(couplings, partner));
      if (known.length > 0 && [name, ...known].some((each) => group.has(each))) for (const each of [name, ...known]) group.add(each);
    }
  }
  return [...group].toSorted();
}
