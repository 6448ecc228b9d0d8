/** A map that never holds more than `sizeMax` entries: a further one pushes the oldest out. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #sizeMax: number;
  readonly #onEvict: (key: K, value: V) => void;

  constructor(sizeMax: number, onEvict: (key: K, value: V) => void = () => undefined) {
    if (!(sizeMax >= 1)) throw new Error(`sizeMax is ${sizeMax}, at least 1 is needed`);
    this.#sizeMax = sizeMax;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#sizeMax) return;
    for (const [oldKey, oldValue] of this.#entries) {
      this.#entries.delete(oldKey);
      this.#onEvict(oldKey, oldValue);
      return;
    }
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }
}
