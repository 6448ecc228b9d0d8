/** One entry, and its neighbours in the order in which they were added. */
type Entry<K, V> = {
  readonly key: K;
  value: V;
  older: Entry<K, V> | undefined;
  newer: Entry<K, V> | undefined;
};

/**
 * A map that never holds more than `sizeMax` entries: a further one pushes the oldest out, which is
 * found in the same time however many were deleted. A Map alone would look for it through the
 * places of those that were, tens of thousands in a large one.
 */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, Entry<K, V>>();
  readonly #sizeMax: number;
  readonly #onEvict: (key: K, value: V) => void;
  #oldest: Entry<K, V> | undefined;
  #newest: Entry<K, V> | undefined;

  constructor(sizeMax: number, onEvict: (key: K, value: V) => void = () => undefined) {
    if (!(sizeMax >= 1)) throw new Error(`sizeMax is ${sizeMax}, at least 1 is needed`);
    this.#sizeMax = sizeMax;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The one that was added before all others; one that is set again keeps its place. */
  get oldest(): { readonly key: K; readonly value: V } | undefined {
    return this.#oldest;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    this.#append({ key, value, older: this.#newest, newer: undefined });
    if (this.#entries.size <= this.#sizeMax || this.#oldest === undefined) return;
    const { key: oldKey, value: oldValue } = this.#oldest;
    this.delete(oldKey);
    this.#onEvict(oldKey, oldValue);
  }

  #append(entry: Entry<K, V>): void {
    this.#entries.set(entry.key, entry);
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    // One that is gone must not keep those alive that came after it.
    entry.older = undefined;
    entry.newer = undefined;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  *values(): Generator<V, undefined> {
    for (const { value } of this.#entries.values()) yield value;
  }

  *entries(): Generator<[K, V], undefined> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }
}
