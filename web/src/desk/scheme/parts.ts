/** What is listed of a criterion, by the parts in which it is divided. Pure. */
import type { SchemePart } from '../wire'

export interface InPart<Item> {
  /** Null for what stands in no part. */
  part: SchemePart | null
  items: Item[]
}

/** Each part once, where its first item comes; what stands in none keeps its place between them. */
export function byPart<Item>(items: readonly Item[], partOf: (item: Item) => SchemePart | null): InPart<Item>[] {
  const groups: InPart<Item>[] = []
  for (const item of items) {
    const part = partOf(item)
    const there = part ? groups.find((group) => group.part?.code === part.code) : groups.at(-1)
    if (there && there.part?.code === part?.code) there.items.push(item)
    else groups.push({ part, items: [item] })
  }
  return groups
}
