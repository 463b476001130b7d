import { relative, sep } from "node:path";
import { ts } from "ts-morph";
import type { Facts } from "./facts.ts";
import { bare, functionAround, nameOf, nameText, walkTree } from "./nodes.ts";
import type { Site } from "./summary.ts";
import type { Activation, Scope, Value } from "./value.ts";

/** A registration: `workflow({ name, version, run })`. */
export interface Registration {
  readonly name: string;
  /** Undefined where it cannot be read. */
  readonly version: number | undefined;
  readonly call: ts.CallExpression;
}

export interface Root extends Registration {
  readonly body: Activation;
}

export interface Roots {
  readonly roots: readonly Root[];
  /** Their bodies cannot be found: RD305. */
  readonly bodiless: readonly Registration[];
  /** What is wrong with the registrations themselves. */
  readonly sites: readonly { readonly site: Site; readonly label: string }[];
}

/** All workflows that these files register. */
export function rootsIn(facts: Facts, entries: ReadonlySet<string>): Roots {
  const finder = new RootFinder(facts);
  for (const file of facts.types.files) {
    if (entries.has(file.fileName) && !facts.types.isLibrary(file)) finder.read(file);
  }
  return finder.found();
}

class RootFinder {
  readonly #facts: Facts;
  readonly #files: ts.SourceFile[] = [];
  readonly #roots: Root[] = [];
  readonly #bodiless: Registration[] = [];
  readonly #sites: { site: Site; label: string }[] = [];
  /** For a registration in a function: by which call of that it happens. */
  readonly #callers = new Map<Activation, ts.CallExpression>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  read(file: ts.SourceFile): void {
    if (!this.#facts.language.isLanguageFile(file)) this.#files.push(file);
  }

  found(): Roots {
    for (const file of this.#files) {
      walkTree(file, (node) => {
        if (ts.isCallExpression(node) && this.#isRegistration(node)) this.#register(node);
      });
    }
    this.#findTwins();
    return { roots: this.#roots, bodiless: this.#bodiless, sites: this.#sites };
  }

  #isRegistration(call: ts.CallExpression): boolean {
    const callee = bare(call.expression);
    const isName = ts.isIdentifier(callee) || ts.isPropertyAccessExpression(callee);
    if (!isName || call.arguments.length !== 1) return false;
    return this.#facts.values
      .of(callee, undefined)
      .some((value) => value.kind === "language" && value.name === "workflow");
  }

  #register(call: ts.CallExpression): void {
    const before = this.#roots.length;
    const scopes = this.#scopes(call);
    for (const scope of scopes) this.#registerIn(call, scope);
    if (this.#roots.length > before) return;
    const [definition] = this.#definitionsIn(call, scopes[0]);
    const name = definition === undefined ? "?" : this.#nameOf(definition, scopes[0]);
    const [scope] = scopes;
    const version =
      definition === undefined ? undefined : this.#versionOf(definition, { call, name, scope });
    this.#bodiless.push({ name, version, call });
    this.#sites.push({ label: labelOf({ name, version }), site: bodilessSite(call) });
  }

  /** A registration in a function happens once for each of its calls, with what it was given. */
  #scopes(call: ts.CallExpression): readonly Scope[] {
    const owner = functionAround(call);
    if (owner === undefined) return [undefined];
    const scopes: Activation[] = [];
    for (const file of this.#files) {
      if (!mentions(file, owner)) continue;
      walkTree(file, (node) => {
        if (ts.isCallExpression(node) && node !== call) scopes.push(...this.#calls(node, owner));
      });
    }
    return scopes.length > 0 ? [...new Set(scopes)] : [undefined];
  }

  /** In which ways this call calls the function that registers. */
  #calls(node: ts.CallExpression, owner: ts.Node): readonly Activation[] {
    return this.#facts.values.of(node.expression, undefined).flatMap((value) => {
      if (value.kind !== "function" || value.node !== owner) return [];
      const made = this.#facts.values.calls.activation(value, node.arguments, undefined);
      if (!this.#callers.has(made)) this.#callers.set(made, node);
      return [made];
    });
  }

  #registerIn(call: ts.CallExpression, scope: Scope): void {
    for (const definition of this.#definitionsIn(call, scope)) {
      const runs = this.#facts.values.members.of(definition, "run");
      const name = this.#nameOf(definition, scope);
      const version = this.#versionOf(definition, { call, name, scope });
      for (const run of runs) {
        if (run.kind !== "function") continue;
        const { node, scope: around, self } = run;
        const body = this.#facts.activations.get(node, { scope: around, self, isOfModule: false });
        this.#roots.push({ name, version, call, body });
      }
    }
  }

  #definitionsIn(call: ts.CallExpression, scope: Scope): readonly Value[] {
    const [argument] = call.arguments;
    const values = argument === undefined ? [] : this.#facts.values.of(argument, scope);
    return values.filter(({ kind }) => kind === "object" || kind === "instance");
  }

  #nameOf(definition: Value, scope: Scope): string {
    const text = definition.kind === "object" ? propertyOf(definition.node, "name") : undefined;
    const given = text === undefined ? undefined : (this.#argumentFor(text, scope) ?? text);
    const type = given === undefined ? undefined : this.#facts.types.typeAt(given);
    if (type?.isStringLiteral()) return type.value;
    return scope === undefined || text === undefined ? "?" : text.getText().slice(0, 40);
  }

  /** What the call that registers hands to a parameter: `define("orders", …)` names it so. */
  #argumentFor(node: ts.Expression, scope: Scope): ts.Expression | undefined {
    const caller = scope === undefined ? undefined : this.#callers.get(scope);
    const { parent } = node;
    const symbol = ts.isShorthandPropertyAssignment(parent)
      ? this.#facts.types.shorthandSymbol(parent)
      : this.#facts.types.symbolAt(node);
    const declaration = symbol?.valueDeclaration;
    if (caller === undefined || declaration === undefined) return undefined;
    const owner = declaration.parent;
    if (!ts.isParameter(declaration) || owner !== scope?.code) return undefined;
    return caller.arguments[declaration.parent.parameters.indexOf(declaration)];
  }

  /** RD303: a number that stands there. A constant that holds one is as good. */
  #versionOf(definition: Value, { call, name, scope }: Naming): number | undefined {
    const said = definition.kind === "object" ? propertyOf(definition.node, "version") : undefined;
    if (said === undefined) return 1;
    const version = this.#argumentFor(said, scope) ?? said;
    const type = this.#facts.types.typeAt(bare(version));
    const value = type.isNumberLiteral() ? type.value : numberIn(version);
    if (value !== undefined && Number.isSafeInteger(value) && value >= 1) return value;
    const isGiven = this.#isParameter(version);
    if (!isGiven) {
      const label = labelOf({ name, version: undefined });
      this.#sites.push({ label, site: versionSite(version, call) });
    }
    return undefined;
  }

  #isParameter(node: ts.Expression): boolean {
    const symbol = ts.isIdentifier(node) ? this.#facts.types.symbolAt(node) : undefined;
    return symbol?.valueDeclaration !== undefined && ts.isParameter(symbol.valueDeclaration);
  }

  /** RD303 too: two registrations of one name and version in one file cannot both be meant. */
  #findTwins(): void {
    const seen = new Map<string, Root>();
    for (const root of this.#roots) {
      if (root.version === undefined || root.name === "?") continue;
      const key = `${root.call.getSourceFile().fileName} ${root.name}@${root.version}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, root);
      else if (first.call !== root.call)
        this.#sites.push({ label: labelOf(root), site: twinSite(root) });
    }
  }
}

interface Naming {
  readonly call: ts.CallExpression;
  readonly name: string;
  readonly scope: Scope;
}

/** By its text alone: whether a file may call this function. */
function mentions(file: ts.SourceFile, owner: ts.Node): boolean {
  const name = nameOf(owner).split(".").at(-1) ?? "";
  return name === "function" || file === owner.getSourceFile() || file.text.includes(name);
}

function propertyOf(node: ts.ObjectLiteralExpression, key: string): ts.Expression | undefined {
  for (const property of [...node.properties].reverse()) {
    if (property.name === undefined || nameText(property.name) !== key) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

function numberIn(node: ts.Expression): number | undefined {
  const inner = bare(node);
  return ts.isNumericLiteral(inner) ? Number(inner.text) : undefined;
}

function bodilessSite(call: ts.CallExpression): Site {
  return {
    ruleId: "RD305",
    node: call,
    symbol: "workflow",
    message: "the body of this workflow cannot be found: it is not checked",
    help: "write run: function* (input) { … }, or name a generator function",
    isLocal: true,
  };
}

function versionSite(node: ts.Expression, call: ts.CallExpression): Site {
  return {
    ruleId: "RD303",
    node: node.getSourceFile() === call.getSourceFile() ? node : call,
    symbol: "version",
    message: "a version is a whole number from 1 on that stands in the code",
    help: "version: 1",
    isLocal: true,
  };
}

function twinSite({ call, name, version }: Root): Site {
  return {
    ruleId: "RD303",
    node: call,
    symbol: name,
    message: `another workflow in this file is ${labelOf({ name, version })} too`,
    help: "raise the version of the newer one",
    isLocal: true,
  };
}

export function labelOf({ name, version }: Pick<Root, "name" | "version">): string {
  return `${name}@${version ?? "?"}`;
}

export function relativeTo(directory: string, path: string): string {
  return relative(directory, path).split(sep).join("/");
}
