/** A line that keeps up with the orders, on a terminal only. */
export function progress(total: number): (done: number, killed: readonly string[]) => void {
  return (done, killed) => {
    if (!process.stderr.isTTY) return;
    const bar = "█".repeat(Math.floor((done / total) * 30)).padEnd(30, "░");
    const fate = killed.length === 0 ? "" : `  killed: ${killed.join(", ")}`;
    process.stderr.write(`\r${bar} ${done}/${total} orders${fate}${done === total ? "\n" : ""}`);
  };
}
