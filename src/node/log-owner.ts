// Whose log it is, kept beside the log itself: an `identity.json` of another cluster or node, laid
// over it by hand, would make this node forget what it promised, and promise it in another's name.

import { MalformedError } from "../std/bytes.ts";
import { nodeId } from "../std/ids.ts";
import type { Identity } from "./identity.ts";

export interface LogOwner extends Pick<Identity, "clusterUuid" | "node"> {
  /** While a recovery is not through: the cluster that it was of. */
  readonly before?: string | undefined;
}

/** Written before the identity is, so that a crash between the two leaves none that is refused. */
export function ownerFor({ clusterUuid, node }: Identity, known: Identity | undefined): LogOwner {
  const before = known?.clusterUuid;
  const isOther = before !== undefined && before !== clusterUuid;
  return isOther ? { clusterUuid, node, before } : { clusterUuid, node };
}

export function ownerOf({
  before,
  clusterUuid,
  node,
}: Readonly<Record<string, unknown>>): LogOwner {
  const isWhole =
    typeof clusterUuid === "string" &&
    typeof node === "number" &&
    (before === undefined || typeof before === "string");
  if (!isWhole) throw new MalformedError("the owner of a log lacks a part");
  return { clusterUuid, node: nodeId(node), before };
}

/** In a sentence, who else's the log is; undefined: its own, or an earlier build left it unsaid. */
export function strangerIn(
  identity: Identity | undefined,
  owner: LogOwner | undefined,
): string | undefined {
  if (identity === undefined || owner === undefined) return;
  const { before, clusterUuid, node } = owner;
  const isOfCluster = [clusterUuid, before].includes(identity.clusterUuid);
  if (isOfCluster && node === identity.node) return;
  return (
    `identity.json is that of node ${identity.node} of cluster ${identity.clusterUuid}, and the ` +
    `log that of node ${node} of cluster ${clusterUuid}. Put back the identity.json or the log ` +
    "that belongs to the other, or a copy of the whole directory"
  );
}
