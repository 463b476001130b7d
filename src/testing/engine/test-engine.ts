// The engine itself, on one log in memory and with a clock of its own: for tests of how workflows
// behave. The interpreter, the machine and the runner are those of nodes.

import { RaftoralError, WorkflowConflict } from "../../errors.ts";
import { nodeId } from "../../std/ids.ts";
import { type AnyWorkflow, checkWorkflow, type Workflow } from "../../workflow/dsl/define.ts";
import { type Duration, durationMs } from "../../workflow/dsl/duration.ts";
import { refuseUnknown } from "../../workflow/dsl/known-options.ts";
import { checkPayloadCodec, type PayloadCodec } from "../../workflow/dsl/payload-codec.ts";
import { accepted } from "../../workflow/dsl/schema.ts";
import type { Step } from "../../workflow/dsl/step.ts";
import type { ValueType } from "../../workflow/dsl/value-type.ts";
import type { Run } from "../../workflow/machine/state.ts";
import { NO_TERMS } from "../../workflow/machine/terms.ts";
import { Registry } from "../../workflow/runner/registry.ts";
import { createValueCodec } from "../../workflow/values/codec.ts";
import {
  checkDate,
  checkFunction,
  checkObject,
  checkProviders,
  checkWords,
  checkWorkflows,
} from "../arguments.ts";
import { type CrashMatrixReport, playMatrix } from "../crash-matrix.ts";
import { realLimit } from "../patience.ts";
import type { Provider } from "../provide.ts";
import { TestEngineError } from "../report.ts";
import { EffectBodies, type EffectCall } from "./effect-bodies.ts";
import { OneLog, type Takeover } from "./one-log.ts";
import { replayCheck } from "./replay-check.ts";
import { callsOf, createTestRun, type TestRun, type TestRunParts } from "./test-run.ts";
import { timeline } from "./timeline.ts";

export interface TestEngineOptions {
  readonly workflows: readonly AnyWorkflow[];
  /** Answers in the place of effect bodies; an effect that none fits runs its own body. */
  readonly provide?: readonly Provider[];
  /** What effect bodies get as `fx.deps`; a function makes it, anew for each play of a matrix. */
  readonly deps?: unknown;
  /** As of a node. Default: none. */
  readonly codec?: PayloadCodec;
  /** As of a node: made by `valueType`. Default: none. */
  readonly types?: readonly ValueType[];
  /** What the clock says at first. Default 2020-01-01T00:00:00Z. */
  readonly at?: Date;
  /**
   * Time jumps to the next timer when nothing else is to be done. Default true; false: it passes by
   * `clock.advance` alone.
   */
  readonly autoAdvance?: boolean;
  /**
   * After each entry of the log every run that it touched is replayed by a fresh body, which must
   * do the same. Default true; of runs with more than 500 inputs at their ends alone.
   */
  readonly replay?: boolean;
}

export interface TestStartOptions {
  /** Default: the workflow's name with a number. */
  readonly id?: string;
  /** The run ends as timed out so long after its start. Default: none. */
  readonly timeout?: Duration;
}

export interface TestClock {
  readonly now: Date;
  /** All that is due meanwhile happens, each at its time. Effect bodies are not waited for. */
  advance(duration: Duration): Promise<void>;
}

export interface TestCrashMatrixOptions {
  /** With one, its process comes back; with more, another one takes over. Default 3. */
  readonly nodes?: number;
}

/** Of longer runs each entry would cost more than all before it together. */
const REPLAYED_INPUTS_MAX = 500;
const START_MS = Date.UTC(2020, 0, 1);

interface Parts {
  readonly options: TestEngineOptions;
  readonly nodes: number;
  readonly takeover: Takeover | undefined;
}

/**
 * `const engine = await TestEngine.create({ workflows: [processOrder] })`. Needs no clean-up: it
 * has no timer, file or connection. Nothing happens but while one of its promises is awaited.
 */
export class TestEngine {
  readonly clock: TestClock;
  readonly #options: TestEngineOptions;
  readonly #registry: Registry;
  readonly #log: OneLog;
  readonly #bodies: EffectBodies;
  #started = 0;

  private constructor(parts: Parts) {
    // Under JavaScript a constructor is not private.
    checkObject(parts?.options, "await TestEngine.create(…), not new,", "{ workflows: […] }");
    const { options, nodes, takeover } = parts;
    const { at, deps, provide = [], types } = options;
    checkWorkflows(options.workflows, "TestEngine.create: workflows");
    checkProviders(provide, "TestEngine.create: provide");
    checkDate(at, "TestEngine.create: at");
    checkPayloadCodec(options.codec);
    const codec = createValueCodec({ codec: options.codec, types });
    const bodies = new EffectBodies(codec, provide);
    this.#options = options;
    this.#registry = new Registry(options.workflows);
    this.#bodies = bodies;
    this.#log = new OneLog({
      nodes,
      takeover,
      codec,
      deps: typeof deps === "function" ? deps() : deps,
      startMs: at?.getTime() ?? START_MS,
      sweepMs: Number.POSITIVE_INFINITY,
      bodyOf: (run, effect, own) => bodies.bodyOf(run, effect, own),
      bodyEnd: () => bodies.end(),
      onCommit: (events) => {
        for (const event of events) if (event.kind === "run") this.#check(event.runId);
      },
    });
    const log = this.#log;
    this.clock = {
      get now() {
        return new Date(log.nowMs);
      },
      advance: (duration) => log.advance(durationMs(duration)),
    };
  }

  /** @throws RaftoralError `invalid-argument`: two workflows share name and version. */
  static create(options: TestEngineOptions): Promise<TestEngine> {
    return TestEngine.#open({ options, nodes: 1, takeover: undefined });
  }

  /**
   * As of a node: the same id with the same input is the same run.
   * @throws WorkflowConflict, InputInvalid
   */
  async start<I, O>(
    workflow: Workflow<I, O>,
    ...[input, options = {}]: undefined extends I
      ? [input?: I, options?: TestStartOptions]
      : [input: I, options?: TestStartOptions]
  ): Promise<TestRun<O>> {
    checkWorkflow(workflow);
    refuseUnknown("start", options, { id: true, timeout: true });
    const { id, timeout } = options;
    const { name, version } = workflow;
    if (this.#registry.get(name, version) === undefined) throw unknownWorkflow(name, version);
    const { codec } = this.#log;
    const workflowId = id ?? `${name}-${++this.#started}`;
    const reply = await this.#log.propose({
      kind: "start",
      workflowId,
      name,
      version,
      inputHash: codec.hash(input),
      input: codec.encode(await accepted(workflow.input, input, name, realLimit())),
      owner: nodeId(1),
      ...(timeout === undefined ? {} : { terms: { ...NO_TERMS, timeoutMs: durationMs(timeout) } }),
    });
    if (reply.kind === "conflict") {
      throw new WorkflowConflict(`"${workflowId}" is there with another ${reply.differs}`);
    }
    return this.get(workflow, workflowId);
  }

  /**
   * A run of this id, a child's too; by a run id, an earlier one of a chain. That there is none is
   * told by its methods.
   */
  get<I, O>(workflow: Workflow<I, O>, workflowId: string): TestRun<O> {
    checkWorkflow(workflow);
    checkWords(workflowId, "engine.get: the id");
    return createTestRun<O>(this.#partsOf(workflowId));
  }

  /** The runs of a workflow, in the order in which they were started: so a test finds children. */
  runs<I, O>(workflow: Workflow<I, O>): readonly TestRun<O>[] {
    checkWorkflow(workflow);
    const { name, version } = workflow;
    const ids = [...this.#log.state.runs.values()]
      .filter((run) => run.name === name && run.version === version)
      .map(({ workflowId }) => workflowId);
    return [...new Set(ids)].map((id) => createTestRun<O>(this.#partsOf(id)));
  }

  /** Every attempt, of all runs, in the order in which they began. */
  calls<I, R>(step: Step<I, R>): readonly EffectCall<I, R>[];
  calls(compute: string): readonly EffectCall<undefined>[];
  calls<I, R>(of: Step<I, R> | string): readonly EffectCall<I, R>[] {
    return callsOf<I, R>(this.#bodies, of);
  }

  /** From now on these answer, before those that are there. */
  provide(...providers: readonly Provider[]): void {
    checkProviders(providers, "engine.provide");
    this.#bodies.provide(providers);
  }

  /** The process of this run's owner is gone, with what it had under way, and comes back. */
  crash(workflowId: string): Promise<void> {
    return this.#log.crashOwner(workflowId);
  }

  /**
   * Plays the scenario on a fresh engine like this one without faults, then once for each entry of
   * its log with a takeover there, before and after the owner saw it. What it gives must be the
   * same each time, and no effect may run more often than the takeovers explain.
   * @throws Error with what differed, and where.
   */
  crashMatrix(
    scenario: (engine: TestEngine) => Promise<unknown>,
    { nodes = 3 }: TestCrashMatrixOptions = {},
  ): Promise<CrashMatrixReport> {
    checkFunction(scenario, "engine.crashMatrix");
    return playMatrix(async (takeover) => {
      const engine = await TestEngine.#open({ options: this.#options, nodes, takeover });
      return { log: engine.#log, scenario: () => scenario(engine) };
    });
  }

  static async #open(parts: Parts): Promise<TestEngine> {
    const engine = new TestEngine(parts);
    await engine.#log.boot(parts.options.workflows);
    return engine;
  }

  #partsOf(workflowId: string): TestRunParts {
    const isTimeStill = this.#options.autoAdvance === false;
    return { log: this.#log, bodies: this.#bodies, isTimeStill, workflowId };
  }

  #check(runId: Run["id"]): void {
    const log = this.#log;
    const run = log.state.runs.get(runId);
    if (run === undefined || this.#options.replay === false) return;
    const isLong = run.inputs.length > REPLAYED_INPUTS_MAX;
    const workflow = this.#registry.get(run.name, run.version);
    if (workflow === undefined || (isLong && run.endedAtMs === undefined)) return;
    const { codec } = log;
    const { status } = run;
    const next = status.kind === "continued" ? log.state.runs.get(status.runId) : undefined;
    const mismatch = replayCheck({ run, workflow, codec, live: log.driverOf(run)?.body, next });
    if (mismatch === undefined) return;
    const calls = this.#bodies.callsIn(run.id);
    log.fail(new TestEngineError(mismatch, timeline({ run, codec, calls, waits: [] })));
  }
}

const unknownWorkflow = (name: string, version: number): RaftoralError =>
  new RaftoralError(
    "workflow-not-registered",
    `${name}@${version} is none of the engine's workflows: give it to TestEngine.create`,
  );
