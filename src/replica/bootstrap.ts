// How a group begins: with entries that name its first voters,
// as if a first term had committed them.
//
// Every founder writes the same, so that they agree before they have met; and who joins later
// learns the first members as it learns all others, from the leader's log.

import { encodeConfChange } from "../raft/codec.ts";
import type { Entry } from "../raft/types.ts";
import { assert } from "../std/assert.ts";
import { index, NONE, term } from "../std/ids.ts";
import type { Save } from "../storage/port.ts";
import { encodeAddresses } from "./entry-codec.ts";
import type { Address } from "./options.ts";

const FIRST_TERM = term(1);

/** For a blank store only: on any other it would rewrite what was promised. */
export function founding(voters: readonly Address[]): Save {
  assert(voters.length > 0, "a group is founded by at least one voter");
  const inOrder = [...voters].sort((a, b) => a.id - b.id);
  const entries = inOrder.map((voter, i): Entry => {
    const changes = [{ kind: "add-voter" as const, id: voter.id }];
    const context = encodeAddresses([voter]);
    const data = encodeConfChange({ transition: "auto", changes, context });
    return { index: index(i + 1), term: FIRST_TERM, kind: "conf-change-v2", data };
  });
  return {
    hardState: { term: FIRST_TERM, vote: NONE, commit: index(entries.length) },
    entries,
  };
}
