// What an operator asks of a cluster, by way of any member.

export interface ClusterMember {
  readonly name: string;
  readonly id: number;
  readonly isVoter: boolean;
  /** Announced, and not declared dead. */
  readonly isUp: boolean;
  readonly isLeader: boolean;
  /** Runs that it owns and that are running. */
  readonly runs: number;
  /** What it has registered, as `name@version`. */
  readonly workflows: readonly string[];
}

export interface ClusterStatus {
  readonly cluster: string;
  readonly clusterUuid: string;
  /** The member that answered. */
  readonly answeredBy: string;
  readonly leader: string | undefined;
  readonly term: number;
  /** Index of the last committed entry. */
  readonly commit: number;
  readonly members: readonly ClusterMember[];
}

/** Each settles, or rejects with a RaftoralError. */
export interface Admin {
  /** As a majority has it: linearizable. */
  status(): Promise<ClusterStatus>;
  /**
   * Takes a member out for ever, dead or alive; its runs move to others.
   * @throws RaftoralError `invalid-argument` for a name unknown or the last member.
   */
  remove(name: string): Promise<void>;
  /** Settles when that voter leads. @throws RaftoralError `invalid-argument`; TimedOut. */
  transfer(to: string): Promise<void>;
  /** Moves running runs from members that own many to those that own few; how many it moved. */
  rebalance(): Promise<number>;
}
