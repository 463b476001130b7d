// What tests of workflows use.

export { type Cluster, type ClusterOptions, createCluster } from "./cluster.ts";
