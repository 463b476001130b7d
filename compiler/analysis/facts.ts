import type { ts } from "ts-morph";
import { Activations } from "./activations.ts";
import { Classes } from "./classes.ts";
import { Effects } from "./effects.ts";
import { Language } from "./language.ts";
import { MemberNames } from "./member-names.ts";
import { Mutations } from "./mutations.ts";
import { ExternalNames } from "./names.ts";
import type { Site } from "./summary.ts";
import type { Types } from "./types.ts";
import type { Activation } from "./value.ts";
import { Values } from "./values.ts";

/** What all questions about one program are answered by. */
export interface Facts {
  readonly types: Types;
  readonly language: Language;
  readonly names: ExternalNames;
  readonly classes: Classes;
  readonly activations: Activations;
  readonly values: Values;
  readonly mutations: Mutations;
  readonly members: MemberNames;
  readonly effects: Effects;
  readonly declared: Declared;
}

/** What the configuration says of names: it wins over catalogue and sources. */
export interface Declared {
  readonly names: ReadonlyMap<string, string>;
  readonly trustExternals: boolean;
  /** Files of `names` are relative to this. */
  readonly directory: string;
}

export function factsOf(types: Types, declared: Declared): Facts {
  const language = new Language(types);
  const names = new ExternalNames(types);
  const classes = new Classes(types);
  const activations = new Activations();
  const members = new MemberNames(types);
  const values = new Values({ types, language, names, classes, activations, members });
  const mutations = new Mutations(types, names);
  const effects = new Effects(values);
  return {
    types,
    language,
    names,
    classes,
    activations,
    values,
    mutations,
    members,
    effects,
    declared,
  };
}

/** What a rule sees: the facts, and in which way the code that it looks at was called. */
export interface RuleContext {
  readonly facts: Facts;
  readonly at: Activation;
  /** It is a workflow's own body, not something that the body calls. */
  readonly isBody: boolean;
  readonly report: (site: Site) => void;
}

/** Told of each effect that is made: `compute("a", …)`, `charge(order)`. */
export type EffectRule = (call: ts.CallExpression, name: string, context: RuleContext) => void;

/** Told of each function that a body reaches, its own included. */
export interface FunctionRule {
  /** It is told only of functions with a node of one of these kinds in them; undefined: of all. */
  readonly kinds?: readonly ts.SyntaxKind[];
  readonly read: (code: ts.Node, context: RuleContext) => void;
}
