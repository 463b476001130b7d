// The variants of the rules that the executable model found to break the law, each with the planted
// bug that is this reading of the rule. Two more variants of its table never fail there, and are no
// bugs: "now is that of the last outcome that somebody waited for", and "a start marker is whose
// epoch it is of", as long as no generator is rebuilt within an epoch.

export const SWEEP: Readonly<Record<string, string>> = {
  "receive sees applied buffer": "language: a receive sees signals that were accepted and not fed",
  "now = logTime at call": "now is the log time of whoever asks",
  "now = last journal entry (incl. write-behind)":
    "now is the time of the journal's last record, writes among them",
  "now = raw stamps (owner/client clock, no max)": "log time is the raw stamp of whoever leads",
  "now moves to time of buffered signal consumed":
    "now moves to the time of a signal that was kept, when it is read",
  "outcome fed during a paused long stretch": "an input is fed into a paused stretch",
  "no batch sequence": "batches are taken in any order",
  "generator rebuilt in same epoch, batches in doubt":
    "a generator is rebuilt in the same epoch with batches in doubt",
  "gap refusal => discard generator, same epoch":
    "a gap makes the owner throw its generator away within the epoch",
  "barrier does not wait": "a barrier does not wait for the writes before it",
  "barrier waits until proposed": "a barrier waits until the writes before it were proposed",
  "barrier waits for Raft commit, not apply acceptance":
    "a barrier waits until the writes before it are in the log, accepted or not",
  "owner resumes with local compute result":
    "the owner goes on with its own result before the group accepted it",
  "journal matched strictly next-in-log": "the journal is matched strictly in its order",
  "timer outcome outside the numbered stream": "a timer's end is taken beside the numbered stream",
  "second result for settled path = divergence": "a second result for a settled path is divergence",
  "receive registers only after earlier entries committed":
    "language: a receive listens only once what came before it is accepted",
  "atMostOnce by path+epoch & same-epoch rebuild":
    "a start marker is whose epoch it is of, and a generator is rebuilt within one",
  "atMostOnce by nonce & same-epoch rebuild":
    "a generator is rebuilt in the same epoch with batches in doubt",
  "continueAsNew without carry-over": "language: continueAsNew leaves unread signals behind",
  "finish emitted only by the edge": "the end is told only by who came to it as owner",
  "no epoch fence": "no epoch fence",
};
