/** Lets what an ended body settled run to its end: a few hops of promises. */
export async function settleAll(): Promise<void> {
  for (let hop = 0; hop < 8; hop++) await undefined;
}
