/** Marks a branch that the types say cannot be reached; reaching it is a bug. */
export function never(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
