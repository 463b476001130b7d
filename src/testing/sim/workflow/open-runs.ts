import { isTerminal, type MachineState, type Run } from "../../../workflow/machine/state.ts";

export const openRuns = ({ runs }: MachineState): readonly Run[] =>
  [...runs.values()].filter(({ status }) => !isTerminal(status));

/** For people. */
export function unfinished(state: MachineState): string {
  const words = openRuns(state).map(
    (run) => `${run.id} ${run.status.kind} owner ${run.owner?.node}`,
  );
  return `${words.join("; ")} of ${state.runs.size}`;
}
