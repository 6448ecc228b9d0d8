export async function load(_args: readonly string[]): Promise<boolean> {
  return false;
}
