/** What has been asked of one call, one after the other. */
export type Turns = {
  /** Settles when all of it is done, and how much that is. */
  last: Promise<unknown>;
  underWay: number;
};

/** Begins when all before it is done, whatever came of that; then `onOver` is told. */
export function takeTurn<T>(turns: Turns, work: () => Promise<T>, onOver: () => void): Promise<T> {
  turns.underWay += 1;
  const done = turns.last.then(work);
  const over = () => {
    turns.underWay -= 1;
    onOver();
  };
  turns.last = done.then(over, over);
  return done;
}
