// A node as its process has it: the user's code, run on what the engine's side has applied.

import type { ReplicaLimits } from "../replica/options.ts";
import type { Timer } from "../std/clock.ts";
import type { ProcessId } from "../workflow/dsl/record.ts";
import type { ValueCodec } from "../workflow/dsl/value-codec.ts";
import type { RunnerLimits, RunnerPorts } from "../workflow/runner/port.ts";
import type { Registry } from "../workflow/runner/registry.ts";
import { Runner } from "../workflow/runner/runner.ts";
import { createValueCodec } from "../workflow/values/codec.ts";
import { stemOf } from "./cluster-uuid.ts";
import type { NodeConfig } from "./config.ts";
import type { EngineSurroundings } from "./engine.ts";
import type { EnginePort } from "./engine-port.ts";
import type { GroupEvent, GroupMachine } from "./group-machine.ts";
import { workflowBytes } from "./group-machine.ts";
import type { NodeLog } from "./log.ts";
import { createNode, type Node } from "./node.ts";
import { hashOf, type Ports } from "./ports.ts";
import { processOf } from "./presence.ts";
import { nodeStatus } from "./status.ts";

/** Everything around a node; the simulator brings its own. */
export interface Surroundings extends EngineSurroundings {
  readonly limits?: {
    readonly replica?: Partial<ReplicaLimits>;
    readonly runner?: Partial<RunnerLimits>;
  };
}

export interface RunningParts {
  readonly config: NodeConfig;
  readonly ports: Ports;
  readonly registry: Registry;
  readonly log: NodeLog;
  readonly engine: EnginePort;
  readonly runnerLimits?: Partial<RunnerLimits> | undefined;
}

/** How often it looks whether this process may act, where the hint was lost. */
const LOOK_MS = 1_000;

export class RunningNode {
  readonly face: Node;
  /** What this node has applied: read it, never write. */
  readonly machine: GroupMachine;
  readonly #parts: RunningParts;
  readonly #codec: ValueCodec;
  readonly #runner: Runner;
  #timer: Timer | undefined;
  #mayAct = false;

  constructor(parts: RunningParts) {
    const { config, engine, registry } = parts;
    this.#parts = parts;
    this.machine = engine.machine;
    const { codec, maxPayloadBytes, types } = config;
    this.#codec = createValueCodec({ maxBytes: maxPayloadBytes, codec, types });
    this.#runner = new Runner(this.machine.workflows, registry, this.#runnerPorts(), {
      concurrentEffects: config.maxConcurrentEffects,
      ...parts.runnerLimits,
    });
    this.face = this.#createFace();
  }

  open(): Promise<void> {
    this.#armLook();
    return this.#parts.engine.open({
      onApplied: (events) => this.#onApplied(events),
      onRestored: () => {
        this.#mayAct = this.#self() !== undefined;
        this.#runner.wakeAll();
      },
      onEnded: () => {
        this.#timer?.cancel();
        this.#runner.stop();
      },
    });
  }

  /** Idempotent: stopping twice waits for the one stop. */
  stop(drainMs: number): Promise<void> {
    return this.#parts.engine.stop(drainMs);
  }

  /** Out of the cluster for ever; idempotent like `stop`. */
  leave(drainMs: number): Promise<void> {
    return this.#parts.engine.leave(drainMs);
  }

  #onApplied(events: readonly GroupEvent[]): void {
    this.#look();
    this.#runner.onApplied(events.filter((event) => event.kind !== "topology"));
  }

  #armLook(): void {
    this.#timer = this.#parts.ports.timers.set(LOOK_MS, () => {
      this.#armLook();
      this.#look();
    });
  }

  /** From its announcement on, all that is there is its business. */
  #look(): void {
    const couldAct = this.#mayAct;
    this.#mayAct = this.#self() !== undefined;
    if (this.#mayAct && !couldAct) this.#runner.wakeAll();
  }

  #self(): ProcessId | undefined {
    return processOf(this.machine.workflows.members, this.#parts.engine.identity);
  }

  #runnerPorts(): RunnerPorts {
    const { config, engine, log, ports } = this.#parts;
    const stem = stemOf(engine.identity.clusterUuid);
    const traps =
      config.traps === "off"
        ? undefined
        : ports.createTraps?.(config.traps, ({ message, ...fields }) => log.warn(message, fields));
    return {
      clock: ports.clock,
      timers: ports.timers,
      codec: this.#codec,
      activity: engine.activity,
      deps: config.deps,
      locate: ports.locate,
      enclose: traps && ((workflow, step) => traps.enclose(workflow, step)),
      unit: () => ports.chance.unit(),
      submit: (command) => engine.submit(workflowBytes(command)),
      self: () => this.#self(),
      idempotencyKey: (run, effect) =>
        hashOf([stem, run.workflowId, run.id, effect.path, effect.kind, effect.name]),
      log: (level, message, fields) => log[level](message, fields),
    };
  }

  #createFace(): Node {
    const { config, engine, ports, registry } = this.#parts;
    return createNode({
      name: config.name,
      gateway: engine.gateway,
      admin: engine.admin,
      ended: engine.ended,
      codec: this.#codec,
      registry,
      schemaLimit: { timers: ports.timers, limitMs: config.callTimeoutMs },
      newId: () => ports.chance.id(),
      status: () =>
        nodeStatus({
          name: config.name,
          clusterUuid: engine.identity.clusterUuid,
          machine: this.machine,
          engine: engine.status(),
          effectsRunning: this.#runner.effectsRunning,
          diverged: this.#runner.diverged,
          wallMs: ports.clock.wallMs(),
        }),
      stop: (drainMs) => this.stop(drainMs),
      leave: (drainMs) => this.leave(drainMs),
    });
  }
}
